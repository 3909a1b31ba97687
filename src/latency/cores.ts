/** Logical cores that are alike, between which this process's main thread can be moved. */
export interface Cores {
  readonly list: readonly number[];
  move(core: number): Promise<void>;
  /** Lets the system choose again. */
  free(): Promise<void>;
}

/**
 * Moves to the core that is fastest just now. A virtual machine's cores are often halves of real ones: where a neighbour is
 * busy on the other half, all that runs there takes 1.6 to 1.7 times as long, for seconds or minutes, and the core beside it
 * knows nothing of it.
 *
 * @param timeMs times something short where the thread is
 */
export async function moveToFastest({ list, move }: Cores, timeMs: () => Promise<number>): Promise<void> {
  let [fastest, least] = [list[0], Number.POSITIVE_INFINITY];
  for (const core of list) {
    await move(core);
    const ms = await timeMs();
    if (ms < least) [fastest, least] = [core, ms];
  }
  await move(fastest);
}
