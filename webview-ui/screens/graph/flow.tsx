import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { columnCentre, type Ribbon, ribbons } from '../../charts/ribbons.ts';
import { colours, reducedMotion } from '../../charts/theme.ts';
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

/** The bands between two blocks: how often a sampled network goes from one candidate to the next. */
export function Flow({ run, above, below, width }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const size = useSignal(width);
  size.value = width;
  const visible = useVisible(ref);

  useSignalEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || !visible.value || size.value === 0) return;
    const theme = colours.value;
    const { probabilities, path } = run.shown.value;
    const scale = window.devicePixelRatio;
    const height = canvas.clientHeight;
    resize(canvas, size.value * scale, height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, size.value, height);

    const top = sharesOf(above, probabilities);
    const bottom = sharesOf(below, probabilities);
    const widest = Math.min(size.value / 9, 64);
    const best = { from: leader(top), to: leader(bottom) };
    const bands = ribbons(top, bottom, size.value, widest);
    context.fillStyle = theme.muted;
    context.globalAlpha = 0.3;
    fillBands(
      context,
      bands.filter(band => !isBest(band, best)),
      height,
    );
    context.fillStyle = theme.choice;
    context.globalAlpha = 0.75;
    fillBands(
      context,
      bands.filter(band => isBest(band, best)),
      height,
    );
    context.globalAlpha = 1;

    const drawn = { from: drawnOf(above, path), to: drawnOf(below, path) };
    if (reducedMotion || path.length === 0 || drawn.from === undefined || drawn.to === undefined) return;
    context.strokeStyle = theme.sampled;
    context.lineWidth = 1.5;
    const x0 = columnCentre(drawn.from, top.length, size.value);
    const x1 = columnCentre(drawn.to, bottom.length, size.value);
    context.beginPath();
    context.moveTo(x0, 0);
    context.bezierCurveTo(x0, height / 2, x1, height / 2, x1, height);
    context.stroke();
  });

  return (
    <div class="row flow" aria-hidden="true">
      <canvas class="row-middle" ref={ref} />
    </div>
  );
}

/** Whether the element is on the screen; what is not is not drawn. */
function useVisible(ref: { current: HTMLElement | null }) {
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

/** Setting a canvas's size clears its memory and takes time, even where it is the same. */
function resize(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== Math.round(width)) canvas.width = Math.round(width);
  if (canvas.height !== Math.round(height)) canvas.height = Math.round(height);
}

function sharesOf(block: PlacedBlock | undefined, probabilities: readonly (readonly number[])[]): readonly number[] {
  return block === undefined || block.choice === null ? [1] : (probabilities[block.choice] ?? []);
}

function drawnOf(block: PlacedBlock | undefined, path: readonly number[]): number | undefined {
  return block === undefined || block.choice === null ? 0 : path[block.choice];
}

function isBest(band: Ribbon, best: { from: number; to: number }): boolean {
  return band.from === best.from && band.to === best.to;
}

/** All in one path: filling dozens one by one takes several times as long. */
function fillBands(context: CanvasRenderingContext2D, bands: readonly Ribbon[], height: number): void {
  const half = height / 2;
  context.beginPath();
  for (const { top, bottom, width } of bands) {
    context.moveTo(top, 0);
    context.bezierCurveTo(top, half, bottom, half, bottom, height);
    context.lineTo(bottom + width, height);
    context.bezierCurveTo(bottom + width, half, top + width, half, top + width, 0);
    context.closePath();
  }
  context.fill();
}
