import type { LatencyTable } from './table.ts';
import { deviceName } from './targets/target.ts';
import type { Accuracy } from './validate.ts';

/** What a person should know of a table before trusting it: one line each for device, accuracy and noise. */
export function summarise({ device, date, validation, isolatedSum, noise, networks, entries }: LatencyTable): string[] {
  const accuracy =
    validation && isolatedSum
      ? `${agreement(validation)}; adding up operators timed alone would be off by ${percent(isolatedSum.relRmse)}.`
      : 'The space has too few networks to hold any out: predictions are not validated.';
  return [
    `${deviceName(device)}: ${Object.keys(entries).length} operators ` +
      `and ${networks.length} networks measured on ${date.slice(0, 10)}.`,
    accuracy,
    noise.unsettled > 0
      ? `${noise.message} The medians of ${noise.unsettled} of ${noise.models} networks are not certain to 1 %.`
      : noise.message,
  ];
}

function agreement({ networks, within5pct, within10pct, relRmse, rmseMs, kendallTau }: Accuracy): string {
  return (
    `Of ${networks} held-out networks ${percent(within5pct, 0)} are predicted within 5 %, ${percent(within10pct, 0)} within 10 % ` +
    `(error ${percent(relRmse)}, ${rmseMs.toPrecision(2)} ms; Kendall tau ${kendallTau.toFixed(3)})`
  );
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
