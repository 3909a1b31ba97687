import type { DeviceComparison } from '../../../src/protocol/viewer.ts';
import { Icon } from '../../components/icon.tsx';
import { formatMs, formatSigned } from '../../state/format.ts';
import { t } from '../../state/text.ts';

/** What each device's network takes on every device: what it costs to deploy the network of another one. */
export function ChosenNetworks({ comparison: { devices, chosen } }: { comparison: DeviceComparison }) {
  return (
    <section>
      <h2>{t('The network for each device, on all of them')}</h2>
      <table class="figures-table matrix">
        <thead>
          <tr>
            <th>{t('Network for')}</th>
            {devices.map(({ name, targetMs }) => (
              <th key={name} class="number">
                {t('on {0}', name)}
                {targetMs !== null && <small>{t('target {0}', formatMs(targetMs))}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {chosen.map((one, d) => (
            <tr key={devices[d].name}>
              <th scope="row">{devices[d].name}</th>
              {one ? (
                devices.map(({ name, targetMs }, e) => (
                  <Latency key={name} ms={one.latencyMs[e]} targetMs={targetMs} own={d === e} />
                ))
              ) : (
                <td class="muted" colSpan={devices.length}>
                  {t('no network within its target and the budgets')}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted note">
        {t(
          'The most probable network within each target, by the probabilities of this run; predicted latencies, and how far from the target of the column. Nothing here was trained.',
        )}
      </p>
    </section>
  );
}

function Latency({ ms, targetMs, own }: { ms: number; targetMs: number | null; own: boolean }) {
  const over = targetMs !== null && ms > targetMs;
  return (
    <td class={`number${own ? ' current' : ''}${over ? ' over' : ''}`}>
      {over && (
        <>
          <Icon name="warning" />
          <span class="hidden">{t('over the target')}</span>
        </>
      )}
      {formatMs(ms)}
      {targetMs !== null && <small>{`${formatSigned((ms / targetMs - 1) * 100, 1)} %`}</small>}
    </td>
  );
}
