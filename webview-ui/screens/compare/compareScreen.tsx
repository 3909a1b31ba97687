import { buttonOf } from '../../components/actions.ts';
import { Icon } from '../../components/icon.tsx';
import { phases } from '../../components/phases.ts';
import { Action } from '../../components/runBar.tsx';
import { formatEnergy, formatInteger, formatMs, formatShare, formatTime } from '../../state/format.ts';
import { undecidedShare } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { compared, endComparison } from '../../state/viewer.ts';
import { CompareBlocks } from './compareBlocks.tsx';

/** This run beside another: figures, and what became of every block. */
export function CompareScreen({ run }: { run: RunState }) {
  const other = compared.value;
  if (!other) {
    return (
      <div class="empty-screen">
        <p class="muted">{t('Choose another run to see it beside this one, here and among the curves.')}</p>
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
          {t('End the comparison')}
        </button>
      </div>
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Run')}</th>
            {columns.map((column, i) => (
              <th key={column.id.value} class="number">
                {column.id.value}
                <small>{i === 0 ? ` ${t('(this)')}` : ''}</small>
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
  { name: t('State'), value: ({ vitals }) => phases[vitals.value.phase].word },
  { name: t('Started'), value: ({ startedAt }) => formatTime(startedAt.value) },
  { name: t('Seed'), value: ({ seed }) => String(seed.value) },
  { name: t('Device'), value: ({ device }) => device.value },
  { name: t('Target'), value: ({ space }) => orNone(space.value.targetMs, formatMs) },
  { name: t('Steps'), value: ({ live }) => formatInteger(live.value.step) },
  { name: t('Expected latency'), value: ({ live }) => orNone(live.value.expectedMs, formatMs) },
  {
    name: t('Validation accuracy'),
    value: ({ live }) => orNone(live.value.validationAccuracy, share => formatShare(share)),
  },
  { name: t('Undecided'), value: ({ space, live }) => formatShare(undecidedShare(space.value, live.value.entropy), 0) },
  {
    name: t('Derived: test accuracy'),
    value: ({ derived }) => orNone(derived.value?.testAccuracy, share => formatShare(share, 2)),
  },
  { name: t('Derived: measured latency'), value: ({ derived }) => orNone(derived.value?.measuredMs, formatMs) },
  { name: t('Derived: predicted latency'), value: ({ derived }) => orNone(derived.value?.predictedMs, formatMs) },
  {
    name: t('Derived: energy of an inference'),
    value: ({ derived }) =>
      orNone(derived.value?.energy, ({ microjoules, estimated }) => energyText(microjoules / 1e6, estimated)),
  },
  {
    name: t('Energy of the run'),
    value: ({ vitals }) => orNone(vitals.value.energy, ({ joules, estimated }) => energyText(joules, estimated)),
  },
];

function energyText(joules: number, estimated: boolean): string {
  return estimated ? t('{0} (estimated)', formatEnergy(joules)) : t('{0} (measured)', formatEnergy(joules));
}

function orNone<T>(value: T | null | undefined, format: (value: T) => string): string {
  return value === null || value === undefined ? NONE : format(value);
}

function differs(value: (run: RunState) => string, columns: readonly RunState[], column: number): boolean {
  const [own, other] = [value(columns[0]), value(columns[column])];
  return own !== other && own !== NONE && other !== NONE;
}
