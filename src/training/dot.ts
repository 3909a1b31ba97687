/**
 * `<y, dy>`, or with `x` given `<y - x, dy>`, summed in double precision. Four sums side by side: with one, every addition
 * waits for the one before it, and the loop takes four times as long.
 */
export function dot(y: Float32Array, dy: Float32Array, x?: Float32Array): number {
  const whole = y.length - (y.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  if (x) {
    for (let i = 0; i < whole; i += 4) {
      a += (y[i] - x[i]) * dy[i];
      b += (y[i + 1] - x[i + 1]) * dy[i + 1];
      c += (y[i + 2] - x[i + 2]) * dy[i + 2];
      d += (y[i + 3] - x[i + 3]) * dy[i + 3];
    }
  } else {
    for (let i = 0; i < whole; i += 4) {
      a += y[i] * dy[i];
      b += y[i + 1] * dy[i + 1];
      c += y[i + 2] * dy[i + 2];
      d += y[i + 3] * dy[i + 3];
    }
  }
  for (let i = whole; i < y.length; i++) a += (y[i] - (x ? x[i] : 0)) * dy[i];
  return a + b + c + d;
}
