import { ensureDatasets } from './e2e/install/debian.ts';
import { Unavailable } from './e2e/install/unavailable.ts';

/** Has what readers are compared on before any test looks for it; the tests that want it are skipped where it cannot be had. */
export default async function setup(): Promise<void> {
  try {
    await ensureDatasets();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.log(`Without Debian's Fashion-MNIST: ${error.message}`);
  }
}
