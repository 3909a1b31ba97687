import type { DeviceComparison } from '../../../src/protocol/viewer.ts';
import { t } from '../../state/text.ts';

/** The operators of each device's network side by side; blocks that are not alike stand out. */
export function ChosenBlocks({ comparison: { blocks, devices, chosen } }: { comparison: DeviceComparison }) {
  const rows = blocks.flatMap(({ name, candidates }, l) => {
    if (candidates.length === 1) return [];
    const operators = chosen.map(one => (one ? candidates[one.choices[l]] : '\u2013'));
    return [{ name, operators, alike: new Set(operators).size === 1 }];
  });
  const same = rows.filter(({ alike }) => alike).length;
  return (
    <section>
      <h2>{t('Blocks: {0} of {1} alike', same, rows.length)}</h2>
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Block')}</th>
            {devices.map(({ name }) => (
              <th key={name}>{name}</th>
            ))}
            <th>
              <span class="hidden">{t('Alike')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, operators, alike }) => (
            <tr key={name} class={alike ? 'alike' : 'current'}>
              <th scope="row">{name}</th>
              {operators.map((operator, d) => (
                <td key={devices[d].name} class={operator === operators[0] ? '' : 'differs'}>
                  {operator}
                </td>
              ))}
              <td class="number muted">{alike ? '' : t('not alike')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
