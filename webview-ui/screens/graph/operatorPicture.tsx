import { useMemo } from 'preact/hooks';
import type { OperatorGraph } from '../../../src/protocol/spaceView.ts';
import { type GridPlace, layOut } from '../../charts/layeredGraph.ts';
import { t } from '../../state/text.ts';

const COLUMN = 112;
const ROW = 34;
const NODE = { width: 104, height: 20 };

/** What is inside an operator that is more than a chain: its primitives from input to output. */
export function OperatorPicture({ graph, name }: { graph: OperatorGraph; name: string }) {
  const { places, edges, rows, columns } = useMemo(() => layOut(graph), [graph]);
  const width = columns * COLUMN;
  const x = ({ column }: GridPlace) => width / 2 + column * COLUMN;
  const y = ({ row }: GridPlace) => NODE.height / 2 + 1 + row * ROW;
  const names = [t('input'), ...graph.map(node => node.name)];
  return (
    <svg
      class="operator-picture"
      viewBox={`0 0 ${width} ${(rows - 1) * ROW + NODE.height + 2}`}
      style={{ maxWidth: `${width}px` }}
      role="img"
      aria-label={t('Inside {0}: {1}', name, graph.map(node => node.name).join(', '))}
    >
      {edges.map((edge, i) => (
        <path key={`${i} ${edge.length}`} class="edge" d={curve(edge.map(place => [x(place), y(place)]))} />
      ))}
      {places.map((place, i) => (
        <g key={`${i} ${names[i]}`} class={i === 0 ? 'node input' : 'node'}>
          <rect x={x(place) - NODE.width / 2} y={y(place) - NODE.height / 2} {...NODE} rx={i === 0 ? 10 : 3} />
          <text x={x(place)} y={y(place) + 4} text-anchor="middle">
            {names[i]}
          </text>
        </g>
      ))}
    </svg>
  );
}

function curve(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], i) => {
      if (i === 0) return `M${x} ${y}`;
      const [x0, y0] = points[i - 1];
      const middle = (y0 + y) / 2;
      return `C${x0} ${middle} ${x} ${middle} ${x} ${y}`;
    })
    .join('');
}
