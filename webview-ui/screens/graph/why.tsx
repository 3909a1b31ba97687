import { formatSigned } from '../../state/format.ts';
import { type PlacedBlock, shortNames } from '../../state/network.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { type Cost, pullNames, pullSentence } from './pull.ts';

interface Props {
  run: RunState;
  block: PlacedBlock;
  pick: Pick;
}

/** What accuracy and costs have pulled each candidate of the block by since the search began. */
export function Why({ run, block, pick }: Props) {
  const { accuracyPull, latencyPull, budgetPull } = run.shown.value;
  const accuracy = accuracyPull[pick.block] ?? [];
  const cost = (latencyPull[pick.block] ?? []).map((pull, i) => pull + (budgetPull?.[pick.block]?.[i] ?? 0));
  const costs = costsOf(run.space.value.targetMs !== undefined, budgetPull !== undefined);
  const greatest = Math.max(0, ...accuracy.map(Math.abs), ...cost.map(Math.abs));
  const { names } = shortNames(block.view.candidates);
  return (
    <div class="why">
      <h3>{t('Why')}</h3>
      <p>{pullSentence(accuracy[pick.candidate] ?? 0, cost[pick.candidate] ?? 0, greatest, costs)}</p>
      <p class="small muted">
        <span class="key accuracy">{pullNames.accuracy}</span> <span class="key latency">{pullNames[costs]}</span>{' '}
        {t('summed pull')}
      </p>
      <table>
        <thead class="hidden">
          <tr>
            <th>{t('Candidate')}</th>
            <th>{t('Pull')}</th>
            <th>{t('Sum')}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => (
            <tr key={block.view.candidates[i].name} class={i === pick.candidate ? 'current' : ''}>
              <th scope="row">{name}</th>
              <td>
                <Pull value={accuracy[i] ?? 0} greatest={greatest} kind="accuracy" name={pullNames.accuracy} />
                <Pull value={cost[i] ?? 0} greatest={greatest} kind="latency" name={pullNames[costs]} />
              </td>
              <td class="number">
                <span>{formatSigned((accuracy[i] ?? 0) + (cost[i] ?? 0))}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What pulls against accuracy. */
function costsOf(latency: boolean, budget: boolean): Cost {
  if (latency && budget) return 'both';
  return budget ? 'budget' : 'latency';
}

interface PullProps {
  value: number;
  greatest: number;
  kind: 'accuracy' | 'latency';
  /** As people know it. */
  name: string;
}

/** A bar from the middle to the right for up, to the left for down. */
function Pull({ value, greatest, kind, name }: PullProps) {
  const share = greatest === 0 ? 0 : Math.abs(value) / greatest;
  const style = { width: `${Math.round(share * 50)}%`, left: value < 0 ? `${50 - Math.round(share * 50)}%` : '50%' };
  return (
    <div class="pull" role="img" aria-label={`${name} ${formatSigned(value)}`}>
      <div class={kind} style={style} />
    </div>
  );
}
