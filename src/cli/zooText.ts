import { markdownTable } from '../base/markdownTable.ts';
import type { ZooResult, ZooRow } from '../protocol/zoo.ts';

/** The published networks as a table, with this device's latency where it was measured. */
export function zooText({ networks, device, noise }: ZooResult): string {
  const measured = device !== null;
  const head = ['network', ...(measured ? ['here'] : []), 'top-1', 'MACs', 'parameters', 'published latency', 'search'];
  const rows = networks.map(row => [
    row.name,
    ...(measured ? [row.measured ? `${row.measured.ms.toFixed(2)} ms` : ''] : []),
    ...publishedCells(row),
  ]);
  return [
    markdownTable(head, rows),
    '',
    'Counts are of the networks as built here; accuracy on ImageNet, latency and search cost are as published (sources: --json).',
    ...(measured ? [`"here" is ${device}. ${noise ?? ''}`.trim()] : []),
  ].join('\n');
}

function publishedCells({ macs, params, published }: ZooRow): string[] {
  const { top1, latency, searchCost } = published;
  return [
    `${top1.toFixed(1)} %`,
    `${(macs / 1e6).toFixed(0)} M`,
    `${(params / 1e6).toFixed(2)} M`,
    latency ? `${latency.ms} ms, ${latency.device}` : '',
    searchCost ?? 'by hand',
  ];
}
