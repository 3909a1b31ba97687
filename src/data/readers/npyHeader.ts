import { UserError } from '../../base/errors.ts';
import type { ByteSource } from '../bytes.ts';
import { formatShape } from '../spec.ts';

/** A number type of NumPy. */
export interface Element {
  /** Kind and size as in NumPy's type strings: `u1`, `f4`. */
  code: string;
  bytes: number;
  get(view: DataView, offset: number, littleEndian: boolean): number;
}

export interface NpyHeader {
  shape: number[];
  element: Element;
  littleEndian: boolean;
  /** Byte offset of the first number. */
  start: number;
}

const ELEMENTS: readonly Element[] = [
  { code: 'b1', bytes: 1, get: (view, offset) => view.getUint8(offset) },
  { code: 'u1', bytes: 1, get: (view, offset) => view.getUint8(offset) },
  { code: 'i1', bytes: 1, get: (view, offset) => view.getInt8(offset) },
  { code: 'u2', bytes: 2, get: (view, offset, little) => view.getUint16(offset, little) },
  { code: 'i2', bytes: 2, get: (view, offset, little) => view.getInt16(offset, little) },
  { code: 'u4', bytes: 4, get: (view, offset, little) => view.getUint32(offset, little) },
  { code: 'i4', bytes: 4, get: (view, offset, little) => view.getInt32(offset, little) },
  { code: 'u8', bytes: 8, get: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
  { code: 'i8', bytes: 8, get: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  { code: 'f4', bytes: 4, get: (view, offset, little) => view.getFloat32(offset, little) },
  { code: 'f8', bytes: 8, get: (view, offset, little) => view.getFloat64(offset, little) },
];

const MAGIC = '\x93NUMPY';

/**
 * Reads the header of a `.npy` file, versions 1 to 3, and checks it against the length of the file (NumPy enhancement
 * proposal 1: magic, version, length of the header as 2 or 4 bytes, a Python dictionary in text).
 * @throws UserError when it is not such a file, in Fortran order, of a type that is no number, or of another length
 */
export function readNpyHeader(file: ByteSource): NpyHeader {
  const { path, size } = file;
  const prefix = file.read(0, Math.min(size, 12));
  if (size < 12 || String.fromCharCode(...prefix.subarray(0, 6)) !== MAGIC) {
    throw new UserError(`${path} is not a .npy file: it does not start with NumPy's magic bytes`);
  }
  const version = prefix[6];
  if (version < 1 || version > 3)
    throw new UserError(`${path} is a .npy file of version ${version}; 1 to 3 can be read`);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 12);
  const [textStart, textLength] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const start = textStart + textLength;
  if (start > size) throw new UserError(`${path} is truncated: its header takes ${start} bytes, there are ${size}`);
  const text = Buffer.from(file.read(textStart, textLength)).toString(version === 3 ? 'utf8' : 'latin1');

  const type = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  const sizes = /'shape':\s*\(([\d\s,]*)\)/.exec(text);
  if (!type || !order || !sizes) {
    throw new UserError(
      `${path} has a .npy header that does not describe a plain array of numbers: ${text.trim().slice(0, 120)}`,
    );
  }
  const element = ELEMENTS.find(({ code }) => code === type[2]);
  if (!element) {
    throw new UserError(
      `${path} holds numbers of type ${type[2]}; use one of ${ELEMENTS.map(({ code }) => code).join(', ')}`,
    );
  }
  if (order[1] === 'True') {
    throw new UserError(`${path} is in Fortran order: save it with numpy.ascontiguousarray(array)`);
  }
  const shape = sizes[1]
    .split(',')
    .filter(part => part.trim() !== '')
    .map(Number);
  const expected = start + shape.reduce((product, length) => product * length, element.bytes);
  if (size !== expected) {
    throw new UserError(
      `${path} is ${size < expected ? 'truncated' : 'damaged'}: ${formatShape(shape)} numbers of type ${element.code} make ${expected} bytes with the header, but there are ${size}`,
    );
  }
  return { shape, element, littleEndian: type[1] !== '>', start };
}
