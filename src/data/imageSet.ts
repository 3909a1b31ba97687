import { closeSync, readSync } from 'node:fs';
import type { ImageShape } from './spec.ts';
import { imageSize } from './spec.ts';

/** How pixels are stored: bytes 0 .. 255, or floats as they were in the file. */
export type PixelType = 'uint8' | 'float32';

/** Pixels of one or more images, `[C, H, W]` each. */
export type Pixels = Uint8Array | Float32Array;

/** Labelled images of one shape, held in memory or read from disk as they are asked for. */
export interface ImageSet {
  readonly count: number;
  readonly shape: ImageShape;
  readonly pixelType: PixelType;
  /** Class of every image, `[count]`. */
  readonly labels: Int32Array;
  /** Pixels `[C, H, W]` of one image; read-only, and valid until the next call. */
  image(index: number): Pixels;
  /** Lets go of the file behind the set, if there is one. */
  close(): void;
}

/** An image set wholly in memory; `pixels` is `[N, C, H, W]`. */
export class MemoryImageSet implements ImageSet {
  readonly count: number;
  readonly pixelType: PixelType;
  private readonly size: number;

  constructor(
    readonly shape: ImageShape,
    readonly pixels: Pixels,
    readonly labels: Int32Array,
  ) {
    this.count = labels.length;
    this.pixelType = pixels instanceof Uint8Array ? 'uint8' : 'float32';
    this.size = imageSize(shape);
  }

  image(index: number): Pixels {
    return this.pixels.subarray(index * this.size, (index + 1) * this.size);
  }

  close(): void {}
}

/** An image set too large for memory: each image is read from its place in an open file, which the set then owns. */
export class FileImageSet implements ImageSet {
  readonly count: number;
  private readonly bytes: Uint8Array;
  private readonly pixels: Pixels;
  private open = true;

  /** @param start byte offset of the first image in the file */
  constructor(
    private readonly file: number,
    private readonly start: number,
    readonly shape: ImageShape,
    readonly pixelType: PixelType,
    readonly labels: Int32Array,
  ) {
    this.count = labels.length;
    const size = imageSize(shape);
    this.pixels = pixelType === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
    this.bytes = new Uint8Array(this.pixels.buffer);
  }

  image(index: number): Pixels {
    const { bytes } = this;
    const place = this.start + index * bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.file, bytes, at, bytes.length - at, place + at);
      // The length was checked when the cache was opened, so this is a file changed under a running search.
      if (read === 0) throw new Error(`the data cache ended inside image ${index}`);
      at += read;
    }
    return this.pixels;
  }

  close(): void {
    if (this.open) closeSync(this.file);
    this.open = false;
  }
}
