import { memoryOf } from '../memory.ts';
import { canRunPasses, type MapPasses } from './mapPasses.ts';

/** Numbers side by side and one after another that a lane adds up in single precision. */
const [LANES, PLACES] = [16, 64];

/** `<a, b>`, or with `less` given `<a - less, b>`, for arrays that lie in memory in the same order; what lanes add up is summed in double precision. */
export function dot(passes: MapPasses, a: Float32Array, b: Float32Array, less?: Float32Array): number {
  const arrays = less ? [a, b, less] : [a, b];
  const isOurs = arrays.every(array => memoryOf(array) !== undefined) && canRunPasses();
  const whole = isOurs ? Math.floor(a.length / (LANES * PLACES)) : 0;
  let sum = 0;
  if (whole > 0) {
    const lanes = { channels: 1, lanes: LANES, places: PLACES, segments: whole, alike: whole, sets: 1 };
    [[sum]] = passes.run(less ? 'dotLess' : 'dot', { ...lanes, perSet: 1 }, arrays);
  }
  for (let i = whole * LANES * PLACES; i < a.length; i++) sum += (a[i] - (less ? less[i] : 0)) * b[i];
  return sum;
}
