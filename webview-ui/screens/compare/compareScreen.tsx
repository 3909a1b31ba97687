import { buttonOf } from '../../components/actions.ts';
import { Icon } from '../../components/icon.tsx';
import { phases } from '../../components/phases.ts';
import { Action } from '../../components/runBar.tsx';
import { formatInteger, formatMs, formatShare } from '../../state/format.ts';
import { undecidedShare } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { compared, endComparison } from '../../state/viewer.ts';
import { CompareBlocks } from './compareBlocks.tsx';

/** This run beside another: figures, and what became of every block. */
export function CompareScreen({ run }: { run: RunState }) {
  const other = compared.value;
  if (!other) {
    return (
      <div class="empty-screen">
        <p class="muted">Choose another run to see it beside this one.</p>
        <Action button={buttonOf('compare')} primary />
      </div>
    );
  }
  const columns = [run, other];
  return (
    <div class="compare">
      <div class="compare-bar">
        <Action button={buttonOf('compare')} />
        <button type="button" onClick={endComparison}>
          <Icon name="close" />
          End the comparison
        </button>
      </div>
      <table class="figures-table">
        <thead>
          <tr>
            <th>Run</th>
            {columns.map((column, i) => (
              <th key={column.id.value} class="number">
                {column.id.value}
                <small>{i === 0 ? ' (this)' : ''}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {columns.map((column, i) => (
                <td key={column.id.value} class={differs(value, columns, i) ? 'number differs' : 'number'}>
                  {value(column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <CompareBlocks run={run} other={other} />
    </div>
  );
}

const NONE = '\u2013';

const rows: { name: string; value: (run: RunState) => string }[] = [
  { name: 'State', value: ({ vitals }) => phases[vitals.value.phase].word },
  { name: 'Started', value: ({ startedAt }) => startedAt.value.slice(0, 16).replace('T', ' ') },
  { name: 'Seed', value: ({ seed }) => String(seed.value) },
  { name: 'Device', value: ({ device }) => device.value },
  { name: 'Target', value: ({ space }) => orNone(space.value.targetMs ?? null, formatMs) },
  { name: 'Steps', value: ({ live }) => formatInteger(live.value.step) },
  { name: 'Expected latency', value: ({ live }) => orNone(live.value.expectedMs, formatMs) },
  {
    name: 'Validation accuracy',
    value: ({ live }) => orNone(live.value.validationAccuracy, share => formatShare(share)),
  },
  { name: 'Undecided', value: ({ space, live }) => formatShare(undecidedShare(space.value, live.value.entropy), 0) },
  {
    name: 'Derived: test accuracy',
    value: ({ derived }) => orNone(derived.value?.testAccuracy, share => formatShare(share, 2)),
  },
  { name: 'Derived: measured latency', value: ({ derived }) => orNone(derived.value?.measuredMs, formatMs) },
  { name: 'Derived: predicted latency', value: ({ derived }) => orNone(derived.value?.predictedMs, formatMs) },
];

function orNone(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? NONE : format(value);
}

function differs(value: (run: RunState) => string, columns: readonly RunState[], column: number): boolean {
  return column > 0 && value(columns[0]) !== value(columns[column]);
}
