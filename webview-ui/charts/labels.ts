/** A point of a scatter plot with the size of its label, in px. */
export interface LabelledPoint {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a label stands: its left edge and its middle. */
export interface PlacedLabel {
  x: number;
  y: number;
}

/** Edges in px. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const GAP = 10;

/**
 * Finds every label a place beside its point where it covers no point, no other label, and does not leave the picture;
 * null for one that has none. Labels that come first choose first. Greedy, which is enough for some dozens.
 *
 * @param others points without a label that are not to be covered either
 * @param picture what no label leaves
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  others: readonly { x: number; y: number }[],
  picture: Box,
): (PlacedLabel | null)[] {
  const taken: Box[] = [...points, ...others].map(({ x, y }) => around(x, y, 5));
  return points.map(point => {
    for (const box of candidates(point)) {
      const inside =
        box.left >= picture.left &&
        box.right <= picture.right &&
        box.top >= picture.top &&
        box.bottom <= picture.bottom;
      if (inside && !taken.some(other => overlap(box, other))) {
        taken.push(box);
        return { x: box.left, y: (box.top + box.bottom) / 2 };
      }
    }
    return null;
  });
}

/** Right, left, above and below, then the corners, then the same farther away. */
function candidates({ x, y, width, height }: LabelledPoint): Box[] {
  const boxes: Box[] = [];
  for (const far of [0, height]) {
    const right = x + GAP;
    const left = x - GAP - width;
    const middle = x - width / 2;
    const above = y - GAP - far - height;
    const below = y + GAP + far;
    const lefts = far === 0 ? [right, left] : [];
    for (const at of lefts) boxes.push(boxAt(at, y - height / 2, width, height));
    for (const at of [middle, right, left]) {
      boxes.push(boxAt(at, above, width, height), boxAt(at, below, width, height));
    }
  }
  return boxes;
}

function boxAt(left: number, top: number, width: number, height: number): Box {
  return { left, right: left + width, top, bottom: top + height };
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
