import { formatShare } from '../../state/format.ts';
import { indexOfMax, placeBlocks } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';

/** What a block came to in a run: the derived network's candidate, or the most probable one so far. */
interface Outcome {
  name: string;
  probability: number;
}

/** By block, the candidate that each run chose, and how sure it is of it. */
export function CompareBlocks({ run, other }: { run: RunState; other: RunState }) {
  const left = outcomes(run);
  const right = outcomes(other);
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const same = names.filter(name => left.get(name)?.name === right.get(name)?.name).length;
  return (
    <section>
      <h2>{t('Blocks: {0} of {1} alike', same, names.length)}</h2>
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Block')}</th>
            <th>{run.id}</th>
            <th>{other.id}</th>
          </tr>
        </thead>
        <tbody>
          {names.map(name => {
            const [a, b] = [left.get(name), right.get(name)];
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <Choice outcome={a} />
                </td>
                <td class={a?.name === b?.name ? '' : 'differs'}>
                  <Choice outcome={b} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Choice({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return <span class="muted">{t('no such block')}</span>;
  return (
    <span class="choice-of">
      <span class="bars">
        <span class="chosen" style={{ width: `${outcome.probability * 100}%` }} />
      </span>
      <span class="number">{formatShare(outcome.probability, 0)}</span>
      {outcome.name}
    </span>
  );
}

function outcomes(run: RunState): Map<string, Outcome> {
  const { probabilities } = run.live.value;
  const derived = run.derived.value;
  const choices = placeBlocks(run.space.value).filter(({ choice }) => choice !== null);
  return new Map(
    choices.map(({ view }, i) => {
      const own = probabilities[i] ?? [];
      const chosen = derived?.choices[i] ?? indexOfMax(own);
      return [view.name, { name: view.candidates[chosen].name, probability: own[chosen] ?? 0 }];
    }),
  );
}
