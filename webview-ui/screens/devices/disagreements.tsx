import { useState } from 'preact/hooks';
import { relativeCosts } from '../../../src/protocol/relativeCosts.ts';
import type { DeviceComparison } from '../../../src/protocol/viewer.ts';
import { formatFixed, formatInteger, formatMs } from '../../state/format.ts';
import { t } from '../../state/text.ts';

/** Rows before the rest is asked for. */
const FEW = 12;

/** Whether the devices put networks in the same order, and the candidates that one minds more than another. */
export function Disagreements({ comparison }: { comparison: DeviceComparison }) {
  const { devices, disagreements, agreement, networks } = comparison;
  const [all, setAll] = useState(false);
  if (devices.length < 2) return null;
  const rows = all ? disagreements : disagreements.slice(0, FEW);
  const dearest = Math.max(1, ...disagreements.flatMap(row => costsOf(comparison, row)));
  return (
    <section>
      <h2>{t('Where they disagree')}</h2>
      <p class="note">
        {t('Agreement on which of {0} random networks is faster (Kendall tau, 1: always):', formatInteger(networks))}
      </p>
      <ul class="agreement">
        {agreement.map(({ devices: [a, b], kendallTau }) => (
          <li key={`${a} ${b}`}>
            <span class="muted">{t('{0} and {1}', devices[a].name, devices[b].name)}</span>{' '}
            <strong>{formatFixed(kendallTau, 3)}</strong>
          </li>
        ))}
      </ul>
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Block')}</th>
            <th>{t('Candidate')}</th>
            {devices.map(({ name }) => (
              <th key={name}>{name}</th>
            ))}
            <th class="number">{t('Ratio')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Row key={`${row.block} ${row.candidate}`} comparison={comparison} row={row} dearest={dearest} />
          ))}
        </tbody>
      </table>
      <p class="muted note">
        {t("Costs relative to the mean of the block's candidates on that device (the line); the largest ratios first.")}
      </p>
      {disagreements.length > FEW && (
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('Show fewer') : t('Show all {0}', disagreements.length)}
        </button>
      )}
    </section>
  );
}

type Disagreement = DeviceComparison['disagreements'][number];

/** On each device, relative to the mean of the block. */
function costsOf({ devices }: DeviceComparison, { block, candidate }: Disagreement): number[] {
  return devices.map(({ costsMs }) => relativeCosts(costsMs[block])[candidate]);
}

interface RowProps {
  comparison: DeviceComparison;
  row: Disagreement;
  /** The longest bar. */
  dearest: number;
}

function Row({ comparison, row, dearest }: RowProps) {
  const { blocks, devices } = comparison;
  const { block, candidate, ratio } = row;
  const costs = costsOf(comparison, row);
  const name = blocks[block].candidates[candidate];
  return (
    <tr>
      <th scope="row">{blocks[block].name}</th>
      <td>{name}</td>
      {costs.map((cost, d) => (
        <td key={devices[d].name}>
          <span class={`relative${d === row.dearer ? ' dearer' : ''}`}>
            <span class="relative-bar">
              <span class="relative-cost" style={{ width: `${(100 * cost) / dearest}%` }} />
              <span class="relative-mean" style={{ left: `${100 / dearest}%` }} />
            </span>
            <span class="number">{formatFixed(cost, 2)}</span>
            <small>{formatMs(devices[d].costsMs[block][candidate])}</small>
          </span>
        </td>
      ))}
      <td class="number">{formatFixed(ratio, 2)}×</td>
    </tr>
  );
}
