import { formatMs, formatShare } from '../state/format.ts';
import { t } from '../state/text.ts';
import { ticks, tickTexts } from './ticks.ts';
import { useSize } from './useSize.ts';

/** A part of a bar; `colour` is a class of the style sheet, `shade` from 0 on tells neighbours of one colour apart. */
export interface Part {
  name: string;
  /** What stands in the part itself where there is room for it, the longest first. */
  labels: readonly string[];
  ms: number;
  colour: string;
  shade: number;
}

/** One bar with its name. */
export interface Stack {
  name: string;
  parts: Part[];
  /** Whether its parts are named below it: they are not those of the other bars. */
  named?: boolean;
}

interface Props {
  label: string;
  stacks: readonly Stack[];
  /** What the colours stand for, where parts of one colour belong together. */
  keys?: readonly { name: string; colour: string }[];
  /** Drawn as a line over all bars. */
  targetMs: number;
}

/** Of a label's text at its size, a little more than the letters need; and what stands around it. */
const LETTER_WIDTH = 6.2;
const LABEL_AIR = 12;

/** Bars of latencies on one axis, part beside part, with the target as a line. */
export function StackedBars({ label, stacks, keys, targetMs }: Props) {
  const { ref, width } = useSize<HTMLDivElement>();
  const totals = stacks.map(({ parts }) => parts.reduce((sum, { ms }) => sum + ms, 0));
  const end = Math.max(targetMs, ...totals) * 1.06;
  const at = (ms: number) => `${(100 * ms) / end}%`;
  const fits = ({ ms }: Part, label: string) => (ms / end) * width >= label.length * LETTER_WIDTH + LABEL_AIR;
  // All bars are labelled in the same way: in short, where most parts have no room for more.
  const all = stacks.flatMap(({ parts }) => parts);
  const inShort = all.filter(part => !fits(part, part.labels[0])).length > all.length / 2;
  const labelOf = (part: Part) => {
    const label = (inShort && part.labels[1]) || part.labels[0];
    return fits(part, label) ? <span>{label}</span> : null;
  };
  const marks = ticks(0, end, Math.max(2, Math.min(6, width / 70)));
  const texts = tickTexts(marks);
  return (
    <figure class="stacked" aria-label={label}>
      {keys && <Keys of={keys} />}
      {stacks.map(({ name, parts, named }, i) => (
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
                {labelOf(part)}
              </div>
            ))}
            <div class="target" style={{ left: at(targetMs) }} />
          </div>
          <span class="stack-total">{formatMs(totals[i])}</span>
          {named && <Keys of={parts} />}
        </div>
      ))}
      <div class="stack axis" aria-hidden="true">
        <span />
        <div class="stack-axis" ref={ref}>
          {marks.map((mark, i) => (
            <span key={mark} style={{ left: at(mark) }}>
              {texts[i]}
            </span>
          ))}
          <span class="target-text" style={{ left: at(targetMs) }}>
            {t('target {0}', formatMs(targetMs))}
          </span>
        </div>
        <span />
      </div>
    </figure>
  );
}

function Keys({ of }: { of: readonly { name: string; colour: string }[] }) {
  return (
    <p class="stack-keys small">
      {of.map(({ name, colour }) => (
        <span key={name} class={`key ${colour}`}>
          {name}
        </span>
      ))}
    </p>
  );
}

function describe(name: string, parts: readonly Part[], total: number): string {
  return `${name}: ${formatMs(total)}. ${parts.map(part => `${part.name} ${formatMs(part.ms)}`).join(', ')}`;
}
