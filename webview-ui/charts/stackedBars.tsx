import { formatMs, formatShare } from '../state/format.ts';
import { ticks, tickTexts } from './ticks.ts';

/** A part of a bar; `colour` is a class of the style sheet, `shade` from 0 on tells neighbours of one colour apart. */
export interface Part {
  name: string;
  ms: number;
  colour: string;
  shade: number;
}

/** One bar with its name. */
export interface Stack {
  name: string;
  parts: Part[];
}

interface Props {
  label: string;
  stacks: readonly Stack[];
  /** Drawn as a line over all bars. */
  targetMs: number;
}

/** Bars of latencies on one axis, part beside part, with the target as a line. */
export function StackedBars({ label, stacks, targetMs }: Props) {
  const totals = stacks.map(({ parts }) => parts.reduce((sum, { ms }) => sum + ms, 0));
  const end = Math.max(targetMs, ...totals) * 1.06;
  const at = (ms: number) => `${(100 * ms) / end}%`;
  const marks = ticks(0, end, 6);
  const texts = tickTexts(marks);
  return (
    <figure class="stacked" aria-label={label}>
      {stacks.map(({ name, parts }, i) => (
        <div class="stack" key={name}>
          <span class="stack-name">{name}</span>
          <div class="stack-bar" role="img" aria-label={describe(name, parts, totals[i])}>
            {parts.map(part => (
              <div
                key={part.name}
                class={`part ${part.colour} shade${part.shade % 3}`}
                style={{ width: at(part.ms) }}
                title={`${part.name}: ${formatMs(part.ms)}, ${formatShare(part.ms / totals[i], 0)}`}
              >
                {part.ms / end > 0.055 && (
                  <span>{part.ms / end > 0.095 ? part.name : part.name.split('.').at(-1)}</span>
                )}
              </div>
            ))}
            <div class="target" style={{ left: at(targetMs) }} />
          </div>
          <span class="stack-total">{formatMs(totals[i])}</span>
        </div>
      ))}
      <div class="stack axis" aria-hidden="true">
        <span />
        <div class="stack-axis">
          {marks.map((mark, i) => (
            <span key={mark} style={{ left: at(mark) }}>
              {texts[i]}
            </span>
          ))}
          <span class="target-text" style={{ left: at(targetMs) }}>
            target {formatMs(targetMs)}
          </span>
        </div>
        <span />
      </div>
    </figure>
  );
}

function describe(name: string, parts: readonly Part[], total: number): string {
  return `${name}: ${formatMs(total)}. ${parts.map(part => `${part.name} ${formatMs(part.ms)}`).join(', ')}`;
}
