import { useEffect, useRef } from 'preact/hooks';
import { type Colour, colours } from './theme.ts';

interface Props {
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
  colour: Colour;
  /** A value drawn as a dashed line. */
  mark?: number;
  /** The step that is looked at. */
  at: number | null;
}

const WIDTH = 96;
const HEIGHT = 40;

/** A small curve without axes; the figure it belongs to stands beside it as text. */
export function Sparkline({ steps, values, colour, mark, at }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = colours.value;
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const scale = window.devicePixelRatio;
    canvas.width = WIDTH * scale;
    canvas.height = HEIGHT * scale;
    context.scale(scale, scale);
    if (values.length < 2) return;

    const sorted = Array.from(values).sort((a, b) => a - b);
    // One wild value at the start would press all others flat.
    const low = Math.min(sorted[Math.floor(sorted.length * 0.02)], mark ?? Number.POSITIVE_INFINITY);
    const high = Math.max(sorted[Math.ceil(sorted.length * 0.98) - 1], mark ?? Number.NEGATIVE_INFINITY);
    const last = steps[steps.length - 1];
    const x = (step: number) => 1 + ((WIDTH - 2) * (step - steps[0])) / Math.max(1, last - steps[0]);
    const y = (value: number) => HEIGHT - 3 - ((HEIGHT - 6) * (value - low)) / (high - low || 1);

    if (mark !== undefined) {
      context.strokeStyle = theme.target;
      context.setLineDash([3, 3]);
      line(context, [0, WIDTH], () => y(mark));
      context.setLineDash([]);
    }
    context.strokeStyle = theme[colour];
    context.lineWidth = 1.25;
    context.beginPath();
    for (let i = 0; i < steps.length; i++) context.lineTo(x(steps[i]), Math.min(HEIGHT, Math.max(0, y(values[i]))));
    context.stroke();
    if (at !== null) {
      context.strokeStyle = theme.fg;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x(at), 0);
      context.lineTo(x(at), HEIGHT);
      context.stroke();
    }
  }, [steps, values, colour, mark, at, theme]);
  return <canvas class="sparkline" ref={ref} />;
}

function line(context: CanvasRenderingContext2D, xs: readonly number[], y: (x: number) => number): void {
  context.beginPath();
  for (const x of xs) context.lineTo(x, y(x));
  context.stroke();
}
