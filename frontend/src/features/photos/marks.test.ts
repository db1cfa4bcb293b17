import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { path } from '@/components/ui/PhotoMarks';
import type { Drawing } from './marks';
import { MOST_MARKS, draw, drawn, isTooSmall, moved, newMark, stretched } from './marks';

const arrow: PhotoMark = { kind: 'arrow', x1: 0.2, y1: 0.2, x2: 0.6, y2: 0.4 };
const empty: Drawing = { marks: [], chosen: null, before: [] };

describe('marks', () => {
  it('move as a whole and stop at the edge', () => {
    expect(moved(arrow, { x: 0.1, y: -0.1 })).toEqual({ kind: 'arrow', x1: 0.3, y1: 0.1, x2: 0.7, y2: 0.3 });
    expect(moved(arrow, { x: 5, y: -5 })).toEqual({ kind: 'arrow', x1: 0.6, y1: 0, x2: 1, y2: 0.2 });
  });
  it('stretch by their end, never to nothing', () => {
    expect(stretched(arrow, { x: 0.9, y: 0.1 })).toEqual({ ...arrow, x2: 1, y2: 0.5 });
    expect(stretched(arrow, { x: -0.4, y: -0.2 })).toEqual(arrow);
  });
  it('that a finger only touched are none', () => {
    expect(isTooSmall(drawn('circle', { x: 0.5, y: 0.5 }, { x: 0.51, y: 0.5 }))).toBe(true);
    expect(drawn('circle', { x: -0.2, y: 0.33333333 }, { x: 2, y: 0.5 })).toEqual({ kind: 'circle', x1: 0, y1: 0.3333, x2: 1, y2: 0.5 });
  });
  it('do not cover one another when they are added', () => {
    expect(newMark('arrow', 0)).not.toEqual(newMark('arrow', 1));
    for (let count = 0; count < 25; count += 1) expect(newMark('circle', count).x2).toBeLessThanOrEqual(1);
  });
  it('have an outline in the photo’s own points', () => {
    expect(path({ kind: 'circle', x1: 0.75, y1: 0.75, x2: 0.25, y2: 0.25 }, 400, 200)).toBe('M 100 100 a 100 50 0 1 1 200 0 a 100 50 0 1 1 -200 0 Z');
    expect(path({ kind: 'arrow', x1: 0, y1: 0.5, x2: 1, y2: 0.5 }, 400, 200)).toMatch(/^M 0 100 L 400 100 M .* L 400 100 L /);
  });
});

describe('drawing', () => {
  it('adds, changes, removes and undoes one act at a time', () => {
    const one = draw(empty, { do: 'add', mark: arrow });
    expect(one).toMatchObject({ marks: [arrow], chosen: 0 });
    const there = draw(one, { do: 'change', index: 0, mark: moved(arrow, { x: 0.1, y: 0 }) });
    const none = draw(there, { do: 'remove', index: 0 });
    expect(none).toMatchObject({ marks: [], chosen: null });
    const undone = [none, draw(none, { do: 'undo' })];
    undone.push(draw(undone[1]!, { do: 'undo' }), draw(draw(undone[1]!, { do: 'undo' }), { do: 'undo' }));
    expect(undone.map((drawing) => drawing.marks)).toEqual([[], there.marks, [arrow], []]);
    expect(draw(empty, { do: 'undo' })).toEqual(empty);
  });
  it('takes so many marks', () => {
    let drawing = empty;
    for (let count = 0; count < MOST_MARKS + 3; count += 1) drawing = draw(drawing, { do: 'add', mark: newMark('arrow', count) });
    expect(drawing.marks).toHaveLength(MOST_MARKS);
  });
});
