import { formatSigned, significant } from '../../state/format.ts';
import { expectedMs, indexOfMax, placeBlocks } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';

/** Every block with its latency: expected, of its most probable candidate, and of the derived network. */
export function BlockTable({ run }: { run: RunState }) {
  const space = run.space.value;
  const derived = run.derived.value;
  const { probabilities } = run.shown.value;
  const times = new Map(derived?.blocks.map(block => [block.block, block]));
  return (
    <section>
      <h2>{t('Blocks, ms')}</h2>
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Block')}</th>
            <th>{derived ? t('Derived') : t('Most probable')}</th>
            <th class="number">{t('Expected')}</th>
            <th class="number">{derived ? t('Predicted') : t('Its latency')}</th>
            {derived && <th class="number">{t('Measured')}</th>}
            {derived && <th class="number">{t('Error')}</th>}
          </tr>
        </thead>
        <tbody>
          {placeBlocks(space).map(({ view, choice }) => {
            const own = choice === null ? [1] : (probabilities[choice] ?? []);
            const best = choice === null ? 0 : (derived?.choices[choice] ?? indexOfMax(own));
            const candidate = view.candidates[best];
            const time = times.get(view.name);
            const measured = time?.measuredMs ?? null;
            const predicted = time?.predictedMs ?? candidate.latencyMs;
            return (
              <tr key={view.name}>
                <th scope="row">{view.name}</th>
                <td>{candidate.name}</td>
                <td class="number">{text(expectedMs(view, own))}</td>
                <td class="number">{text(predicted)}</td>
                {derived && <td class="number">{text(measured)}</td>}
                {derived && <td class="number">{error(predicted, measured)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function text(ms: number | null): string {
  return ms === null ? '\u2013' : significant(ms, 3);
}

function error(predicted: number | null, measured: number | null): string {
  if (predicted === null || !measured) return '\u2013';
  return `${formatSigned((predicted / measured - 1) * 100, 1)} %`;
}
