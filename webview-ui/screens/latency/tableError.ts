/** How far predictions are off: shares of networks within 5 and 10 %, and the relative root mean square error. */
export function tableError(points: readonly { predictedMs: number; measuredMs: number }[]) {
  const errors = points.map(({ predictedMs, measuredMs }) => predictedMs / measuredMs - 1);
  const within = (limit: number) => errors.filter(error => Math.abs(error) <= limit).length / errors.length;
  const squares = errors.reduce((sum, error) => sum + error * error, 0);
  return { within5: within(0.05), within10: within(0.1), error: Math.sqrt(squares / errors.length) };
}
