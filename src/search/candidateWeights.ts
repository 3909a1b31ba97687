import { release } from '../runtime/memory.ts';
import type { Part } from '../training/part.ts';
import type { WeightFile } from './weightFile.ts';

/** Where a candidate's numbers stand in the file. */
interface FileRecord {
  values: number;
  momentum: number;
  /** The momentum is not all zeros, as it is before the first update. */
  moved: boolean;
}

/** Values of a candidate that is not in memory: a run with them fails instead of using another candidate's. */
const NOWHERE = new Float32Array(0);

/**
 * Weights and momentum of a block's candidates, in a file. No step runs two candidates of a block at once, so memory has
 * room for the weights of one, as large as the largest, whatever stands beside it; and momentum is there only while its
 * candidate is updated.
 */
export class CandidateWeights {
  private readonly room: Float32Array;
  private readonly records = new Map<Part, FileRecord>();
  private held: Part | undefined;
  /** What memory holds is newer than the file. */
  private changed = false;

  /** Takes all weights into the file, and room for their momentum. @throws UserError when the disk is full */
  constructor(
    parts: readonly Part[],
    private readonly file: WeightFile,
  ) {
    this.room = new Float32Array(Math.max(0, ...parts.map(sizeOf)));
    for (const part of parts) {
      const { end } = file;
      for (const parameter of part.parameters) {
        file.add(parameter.values);
        release(parameter.values);
        parameter.values = NOWHERE;
      }
      this.records.set(part, { values: end, momentum: file.end, moved: false });
      // A disk that is too small is found out now, not in the middle of the search.
      for (const { dims } of part.parameters) file.add(new Float32Array(elements(dims)));
    }
  }

  /** The candidate whose weights are in memory. */
  get inMemory(): Part | undefined {
    return this.held;
  }

  /** Brings a candidate's weights into memory, in the place of those that were there. */
  bring(part: Part): void {
    if (part === this.held) return;
    if (this.held) this.leave(this.held);
    const { values } = this.record(part);
    this.file.read(values, this.room.subarray(0, sizeOf(part)));
    let at = 0;
    for (const parameter of part.parameters) {
      const size = elements(parameter.dims);
      parameter.values = this.room.subarray(at, at + size);
      at += size;
    }
    this.held = part;
  }

  /** Brings a candidate's momentum into memory, where it has any, until `keep` or `drop`. */
  bringMomentum(part: Part): void {
    let { momentum: at, moved } = this.record(part);
    if (!moved) return;
    for (const parameter of part.parameters) {
      parameter.momentum = new Float32Array(elements(parameter.dims));
      this.file.read(at, parameter.momentum);
      at += parameter.momentum.byteLength;
    }
  }

  /** Takes over weights that were changed in memory, and the momentum that is there, which leaves memory. */
  keep(part: Part): void {
    if (part !== this.held) throw new Error('candidate weights: only what is in memory can have changed');
    this.changed = true;
    const record = this.record(part);
    record.moved ||= part.parameters.some(({ momentum }) => momentum);
    let at = record.momentum;
    for (const { dims, momentum } of part.parameters) {
      if (momentum) this.file.write(at, momentum);
      at += 4 * elements(dims);
    }
    this.drop(part);
  }

  /** Lets the momentum of a candidate leave memory as it was before. */
  drop(part: Part): void {
    for (const parameter of part.parameters) {
      release(parameter.momentum);
      parameter.momentum = undefined;
    }
  }

  private leave(part: Part): void {
    if (this.changed) this.file.write(this.record(part).values, this.room.subarray(0, sizeOf(part)));
    this.changed = false;
    for (const parameter of part.parameters) parameter.values = NOWHERE;
  }

  private record(part: Part): FileRecord {
    const found = this.records.get(part);
    if (!found) throw new Error('candidate weights: a part of another block');
    return found;
  }
}

/** Numbers that a part trains. */
function sizeOf({ parameters }: Part): number {
  return parameters.reduce((sum, { dims }) => sum + elements(dims), 0);
}

function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
