/** Whatever else runs on a machine makes networks slower, never faster: from this factor on it is looked at twice. */
const SUSPICIOUS = 1.1;
const MOST_TIMES = 3;

/**
 * Measures networks, and measures them again after a rest where they take much longer than expected, as they do while the
 * machine is busy with something else. Of each network the least time counts. A machine that stays slow is believed.
 *
 * @param expectedMs by key, as far as it is known
 * @param measure times of all networks by key
 * @param rest some seconds in which the machine may come to itself
 */
export async function undisturbed(
  expectedMs: ReadonlyMap<string, number>,
  measure: () => Promise<ReadonlyMap<string, number>>,
  rest: () => Promise<void>,
): Promise<Map<string, number>> {
  const least = new Map(await measure());
  for (let times = 1; times < MOST_TIMES && slowness(least, expectedMs) > SUSPICIOUS; times++) {
    await rest();
    for (const [key, ms] of await measure()) least.set(key, Math.min(ms, least.get(key) ?? ms));
  }
  return least;
}

/** The median ratio of what was measured to what was expected; 1 where nothing was. */
function slowness(measured: ReadonlyMap<string, number>, expectedMs: ReadonlyMap<string, number>): number {
  const ratios = [...measured].flatMap(([key, ms]) => {
    const expected = expectedMs.get(key);
    return expected === undefined ? [] : [ms / expected];
  });
  ratios.sort((a, b) => a - b);
  return ratios.length > 0 ? ratios[ratios.length >> 1] : 1;
}
