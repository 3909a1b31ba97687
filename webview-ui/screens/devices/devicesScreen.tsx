import type { DeviceComparison } from '../../../src/protocol/viewer.ts';
import { buttonOf } from '../../components/actions.ts';
import { phases } from '../../components/phases.ts';
import { Action } from '../../components/runBar.tsx';
import { formatInteger, formatMs, formatShare } from '../../state/format.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { ChosenBlocks } from './chosenBlocks.tsx';
import { ChosenNetworks } from './chosenNetworks.tsx';
import { Disagreements } from './disagreements.tsx';

/** The run's space on several devices: what each would have, what that takes elsewhere, and where they disagree. */
export function DevicesScreen({ run }: { run: RunState }) {
  const comparison = run.deviceComparison.value;
  if (run.space.value.targetMs === undefined) {
    return <p class="muted empty-screen">{t('No latency was asked for in this run: its limits are budgets.')}</p>;
  }
  if (!comparison) return <Empty run={run} />;
  return (
    <div class="devices">
      {canCompare(run) && (
        <div class="compare-bar">
          <Action button={buttonOf('compareDevices')} />
        </div>
      )}
      <DeviceTable comparison={comparison} />
      {comparison.chosen.length > 0 ? (
        <>
          <ChosenNetworks comparison={comparison} />
          <ChosenBlocks comparison={comparison} />
        </>
      ) : (
        <p class="muted">
          {t('Which network each device would have is known once a search has ended: compare them again then.')}
        </p>
      )}
      <Disagreements comparison={comparison} />
      <Absent comparison={comparison} />
    </div>
  );
}

function Empty({ run }: { run: RunState }) {
  return (
    <div class="empty-screen">
      <p class="muted">
        {t(
          'The same space on several devices: where they disagree, and which network each would have. “NAS: Compare Devices” measures what is missing and shows it here, once the search has ended.',
        )}
      </p>
      {canCompare(run) && <Action button={buttonOf('compareDevices')} primary />}
    </div>
  );
}

/** Measuring takes the machine: not beside a search, and not in a folder that is not trusted. */
function canCompare({ trusted, vitals }: RunState): boolean {
  const { phase } = vitals.value;
  return trusted.value && phase !== 'paused' && phases[phase].tone !== 'busy';
}

function DeviceTable({ comparison }: { comparison: DeviceComparison }) {
  const { devices, feasibleShare, networks } = comparison;
  return (
    <section>
      <h2>{t('Devices')}</h2>
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Device')}</th>
            <th>{t('What it is')}</th>
            <th class="number">{t('Fastest network')}</th>
            <th class="number">{t('Slowest')}</th>
            <th class="number">{t('Target')}</th>
          </tr>
        </thead>
        <tbody>
          {devices.map(({ name, description, fastestMs, slowestMs, targetMs }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="muted">{description}</td>
              <td class="number">{formatMs(fastestMs)}</td>
              <td class="number">{formatMs(slowestMs)}</td>
              <td class="number">{targetMs === null ? '\u2013' : formatMs(targetMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {feasibleShare !== null && (
        <p class="muted note">
          {t(
            'Of {0} random networks {1} are within the target on {2}. On the other devices the target is the latency that as many are within: equally hard to keep.',
            formatInteger(networks),
            formatShare(feasibleShare),
            devices[0].name,
          )}
        </p>
      )}
    </section>
  );
}

function Absent({ comparison: { absent } }: { comparison: DeviceComparison }) {
  if (absent.length === 0) return null;
  return (
    <section>
      <h2>{t('Left out')}</h2>
      <ul>
        {absent.map(({ name, reason }) => (
          <li key={name}>
            <strong>{name}</strong>: <span class="muted">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
