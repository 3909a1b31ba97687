import { Worker } from 'node:worker_threads';
import { MOST_PAGES } from '../memory.ts';
import { compileKernel, kernelParameters } from './compileKernel.ts';
import { type PassName, passKernels } from './kernels.ts';
import { wasmModule } from './wasm.ts';

/** What a compiled kernel takes: addresses, sizes, and which segments. */
export type PassJob = Record<(typeof kernelParameters)[number], number>;

/** Runs passes over maps in the shared memory. */
export type RunPass = (kernel: PassName, job: PassJob) => void;

/** Where helpers look for work, in the first bytes of the memory, which are nobody's place. */
const BOARD = 1024;
/**
 * Numbers on the board: what is open (the kernel's number from one, or 0), helpers at work, helpers that failed, the next
 * piece, the segments of one, then the job.
 */
const [OPEN, ACTIVE, FAILED, NEXT, PIECE, JOB] = [0, 1, 2, 3, 4, 5];
const BOARD_LENGTH = JOB + kernelParameters.length;
/** Whole cache lines. */
const BOARD_BYTES = Math.ceil(BOARD_LENGTH / 16) * 64;
/** Bytes of a map that are worth a piece of work, and those that are worth calling the helpers. */
const [WORTH_A_PIECE, WORTH_HELP] = [512 * 2 ** 10, 10 * 2 ** 20];
const [FIRST, END] = [kernelParameters.indexOf('first'), kernelParameters.indexOf('end')];

/**
 * The helper's whole program. It enters before it looks whether work is still open, and the caller closes before it looks
 * whether anybody is inside: so a job is never changed while somebody works on it.
 */
const helperProgram = `
const { workerData } = require('node:worker_threads');
const { module, memory, names, board, length, FIRST, END, OPEN, ACTIVE, FAILED, NEXT, PIECE, JOB } = workerData;
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
const at = new Int32Array(memory.buffer, board, length);
const work = open => {
  const job = Array.from(at.subarray(JOB));
  const [piece, end] = [at[PIECE], job[END]];
  // Where nothing is left the number is not raised: the caller may be kept waiting before it closes.
  while (Atomics.load(at, NEXT) < end) {
    const first = Atomics.add(at, NEXT, piece);
    if (first >= end) break;
    job[FIRST] = first;
    job[END] = Math.min(first + piece, end);
    kernels[names[open - 1]](...job);
  }
};
for (;;) {
  Atomics.wait(at, OPEN, 0);
  Atomics.add(at, ACTIVE, 1);
  try {
    const open = Atomics.load(at, OPEN);
    if (open > 0) work(open);
  } catch (error) {
    Atomics.add(at, FAILED, 1);
    throw error;
  } finally {
    Atomics.sub(at, ACTIVE, 1);
  }
}`;

const names = Object.keys(passKernels) as PassName[];
const runnersOf = new Map<WebAssembly.Memory, Map<string, RunPass>>();

/** What runs passes in a memory over maps of so many lanes on so many threads, the caller's own among them. */
export function passRunner(memory: WebAssembly.Memory, lanes: number, threads: number): RunPass {
  const runners = runnersOf.get(memory) ?? new Map<string, RunPass>();
  runnersOf.set(memory, runners);
  const key = `${lanes} ${threads}`;
  const runner = runners.get(key) ?? createRunner(memory, BOARD + runners.size * BOARD_BYTES, lanes, threads);
  runners.set(key, runner);
  return runner;
}

function createRunner(memory: WebAssembly.Memory, board: number, lanes: number, threads: number): RunPass {
  const functions = names.map(name => compileKernel(name, passKernels[name], lanes));
  const module = new WebAssembly.Module(wasmModule(functions, MOST_PAGES));
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const at = new Int32Array(memory.buffer, board, BOARD_LENGTH);
  const constants = { FIRST, END, OPEN, ACTIVE, FAILED, NEXT, PIECE, JOB };
  const workerData = { module, memory, names, board, length: BOARD_LENGTH, ...constants };
  for (let i = 1; i < threads; i++) {
    const helper = new Worker(helperProgram, { eval: true, workerData, execArgv: [] });
    // What fails before it works is not missed, the caller then does it all; what fails at work is counted.
    helper.on('error', () => undefined);
    helper.unref();
  }

  return (name, job) => {
    const numbers = kernelParameters.map(parameter => job[parameter]);
    const { first, end, bytes } = job;
    if (threads === 1 || (end - first) * bytes < WORTH_HELP) {
      kernels[name](...numbers);
      return;
    }
    const piece = Math.max(1, Math.round(WORTH_A_PIECE / bytes));
    at.set(numbers, JOB);
    at[PIECE] = piece;
    Atomics.store(at, NEXT, first);
    Atomics.store(at, OPEN, names.indexOf(name) + 1);
    Atomics.notify(at, OPEN);
    for (;;) {
      const from = Atomics.add(at, NEXT, piece);
      if (from >= end) break;
      numbers[FIRST] = from;
      numbers[END] = Math.min(from + piece, end);
      kernels[name](...numbers);
    }
    Atomics.store(at, OPEN, 0);
    // A helper's last piece is some ten microseconds of work.
    while (Atomics.load(at, ACTIVE) > 0);
    if (Atomics.load(at, FAILED) > 0) throw new Error(`runtime: a helper failed at the pass ${name}`);
  };
}
