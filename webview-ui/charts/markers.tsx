import type { ParetoPoint } from '../../src/protocol/viewer.ts';

interface Props {
  kind: ParetoPoint['kind'];
  x: number;
  y: number;
  /** A hollow marker says that the figure was predicted. */
  measured: boolean;
}

const SIZE = 5;

/** A network's mark: kinds differ by shape as well as by colour. */
export function Marker({ kind, x, y, measured }: Props) {
  const className = `marker ${kind}${measured ? '' : ' hollow'}`;
  if (kind === 'sample') return <circle class={className} cx={x} cy={y} r={2.5} />;
  if (kind === 'derived') return <path class={className} d={star(x, y, SIZE + 4)} />;
  if (kind === 'baseline') {
    return <rect class={className} x={x - SIZE + 0.5} y={y - SIZE + 0.5} width={2 * SIZE - 1} height={2 * SIZE - 1} />;
  }
  if (kind === 'earlier') {
    return (
      <path
        class={className}
        d={`M${x} ${y - SIZE - 1}l${SIZE + 1} ${SIZE + 1}l${-SIZE - 1} ${SIZE + 1}l${-SIZE - 1} ${-SIZE - 1}z`}
      />
    );
  }
  return <path class={className} d={`M${x} ${y - SIZE - 1}l${SIZE + 1} ${2 * SIZE}h${-2 * SIZE - 2}z`} />;
}

function star(x: number, y: number, radius: number): string {
  const corners = Array.from({ length: 10 }, (_, i) => {
    const reach = i % 2 === 0 ? radius : radius * 0.45;
    const angle = (Math.PI * i) / 5;
    return `${(x + reach * Math.sin(angle)).toFixed(1)} ${(y - reach * Math.cos(angle)).toFixed(1)}`;
  });
  return `M${corners.join('L')}z`;
}
