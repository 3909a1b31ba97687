import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { columnCentre, type Ribbon, ribbons } from '../../charts/ribbons.ts';
import { reducedMotion } from '../../charts/theme.ts';
import { leader, type PlacedBlock } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';

interface Props {
  run: RunState;
  /** Undefined is the input above, and the classes below. */
  above: PlacedBlock | undefined;
  below: PlacedBlock | undefined;
  /** Of the column of cells. */
  width: number;
}

/**
 * The bands between two blocks: how often a sampled network goes from one candidate to the next. Paths of a drawing, not
 * canvases: the browser paints those beside the page's own thread, and does not keep a layer for each.
 */
export function Flow({ run, above, below, width }: Props) {
  const ref = useRef<SVGSVGElement>(null);
  const visible = useVisible(ref);
  const size = useSignal(width);
  size.value = width;

  const bands = useComputed(() => {
    if (!visible.value || size.value === 0) return [];
    const { probabilities } = run.shown.value;
    const top = sharesOf(above, probabilities);
    const bottom = sharesOf(below, probabilities);
    const [from, to] = [leader(top), leader(bottom)];
    const all = ribbons(top, bottom, size.value, Math.min(size.value / 9, 64));
    return all.map(band => ({ ...band, best: band.from === from && band.to === to }));
  });
  const others = useComputed(() => outline(bands.value.filter(({ best }) => !best)));
  const best = useComputed(() => outline(bands.value.filter(({ best }) => best)));
  const sampled = useComputed(() => {
    const { probabilities, path } = run.shown.value;
    const [from, to] = [drawnOf(above, path), drawnOf(below, path)];
    if (reducedMotion || !visible.value || path.length === 0 || from === undefined || to === undefined) return '';
    const x0 = columnCentre(from, sharesOf(above, probabilities).length, size.value).toFixed(1);
    const x1 = columnCentre(to, sharesOf(below, probabilities).length, size.value).toFixed(1);
    return `M${x0} 0C${x0} .5 ${x1} .5 ${x1} 1`;
  });

  return (
    <div class="row flow">
      <svg class="row-middle" aria-hidden="true" ref={ref} viewBox={`0 0 ${width} 1`} preserveAspectRatio="none">
        <path d={others} />
        <path class="best" d={best} />
        <path class="drawn" d={sampled} />
      </svg>
    </div>
  );
}

/** Whether the element is on the screen; what is not is not drawn. */
function useVisible(ref: { current: Element | null }) {
  const visible = useSignal(false);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new IntersectionObserver(entries => {
      visible.value = entries.at(-1)?.isIntersecting ?? false;
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return visible;
}

function sharesOf(block: PlacedBlock | undefined, probabilities: readonly (readonly number[])[]): readonly number[] {
  return block === undefined || block.choice === null ? [1] : (probabilities[block.choice] ?? []);
}

function drawnOf(block: PlacedBlock | undefined, path: readonly number[]): number | undefined {
  return block === undefined || block.choice === null ? 0 : path[block.choice];
}

/** Bands as one path, between 0 and 1 from top to bottom. */
function outline(bands: readonly Ribbon[]): string {
  return bands
    .map(({ top, bottom, width }) => {
      const [x0, x1, x2, x3] = [top, bottom, bottom + width, top + width].map(x => x.toFixed(1));
      return `M${x0} 0C${x0} .5 ${x1} .5 ${x1} 1H${x2}C${x2} .5 ${x3} .5 ${x3} 0Z`;
    })
    .join('');
}
