/** What is drawn on a photo, in fractions of its width and height: an arrow to (x2, y2), or a circle between two corners. */
export interface PhotoMark {
  kind: 'arrow' | 'circle';
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

interface PhotoMarksProps {
  marks: readonly PhotoMark[];
  /** The photo's own size, so that a circle stays round and an arrow's head straight. */
  width: number;
  height: number;
  /** How many times as thick as on a large picture; small ones need more. */
  weight?: number;
}

/** The marks of a photo, as a layer of the same size above it; pictures of them say nothing that the words beside them don't. */
export function PhotoMarks({ marks, width, height, weight = 1 }: PhotoMarksProps) {
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden className="pointer-events-none absolute inset-0 size-full">
      {marks.map((mark, index) => (
        // Marks have no other name than their place in the list.
        <MarkShape key={index} mark={mark} width={width} height={height} weight={weight} />
      ))}
    </svg>
  );
}

interface MarkShapeProps {
  mark: PhotoMark;
  width: number;
  height: number;
  weight?: number;
  /** It is the one that keys and buttons are about. */
  isChosen?: boolean;
}

/** One mark inside an SVG whose units are the photo's points: red on a white edge, so that it shows on rust and on rubber. */
export function MarkShape({ mark, width, height, weight = 1, isChosen = false }: MarkShapeProps) {
  const shape = path(mark, width, height, weight);
  const thickness = (weight * Math.max(width, height)) / 130;
  return (
    <g fill="none" strokeLinecap="round" strokeLinejoin="round">
      {isChosen ? <path d={shape} className="stroke-focus" strokeWidth={thickness * 3.5} /> : null}
      <path d={shape} className="stroke-mark-edge" strokeWidth={thickness * 2} />
      <path d={shape} className="stroke-mark" strokeWidth={thickness} />
    </g>
  );
}

/** The outline of a mark in the photo's points. */
export function path({ kind, ...mark }: PhotoMark, width: number, height: number, weight = 1): string {
  const [x1, y1, x2, y2] = [mark.x1 * width, mark.y1 * height, mark.x2 * width, mark.y2 * height].map(round) as [number, number, number, number];
  if (kind === 'circle') {
    const [rx, ry] = [Math.abs(x2 - x1) / 2, Math.abs(y2 - y1) / 2];
    const [left, middle] = [Math.min(x1, x2), (y1 + y2) / 2];
    return `M ${left} ${middle} a ${rx} ${ry} 0 1 1 ${2 * rx} 0 a ${rx} ${ry} 0 1 1 ${-2 * rx} 0 Z`;
  }
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const head = Math.min(length / 2, (Math.sqrt(weight) * Math.max(width, height)) / 28);
  const wings = [0.5, -0.5].map((turn) => {
    const angle = Math.atan2(y2 - y1, x2 - x1) + Math.PI + turn;
    return `${round(x2 + head * Math.cos(angle))} ${round(y2 + head * Math.sin(angle))}`;
  });
  return `M ${x1} ${y1} L ${x2} ${y2} M ${wings[0]} L ${x2} ${y2} L ${wings[1]}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
