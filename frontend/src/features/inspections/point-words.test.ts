import { describe, expect, it } from 'vitest';
import type { InspectionPoint } from '@/types';
import { pointsWords } from './point-words';

const point = (label: string, changes: Partial<InspectionPoint> = {}): InspectionPoint => ({ key: label, section: null, label, help: null, reading: null, needsPhoto: false, catalogId: null, ...changes });
const pads = (failBelow: string): InspectionPoint => point('Pads', { reading: { unit: 'mm', failBelow, attentionBelow: null, attentionAbove: null, failAbove: null } });
const rest = [point('Wipers'), point('Lights')];

describe('two edits of a template’s points', () => {
  it('show the limit that they differ in, and nothing that is alike', () => {
    const [mine, theirs] = [[pads('3'), ...rest], [pads('2'), ...rest]];
    expect(pointsWords(mine, theirs)).toBe('3 points\nPads · reads mm, Urgent below 3');
    expect(pointsWords(theirs, mine)).toBe('3 points\nPads · reads mm, Urgent below 2');
  });

  it('name what one of them lacks', () => {
    expect(pointsWords(rest, [pads('3'), ...rest])).toBe('2 points\nWithout Pads');
    expect(pointsWords([pads('3'), ...rest], rest)).toBe('3 points\nPads · reads mm, Urgent below 3');
  });

  it('show the order where only that differs', () => {
    expect(pointsWords([...rest].reverse(), rest)).toBe('2 points\nLights\nWipers');
  });
});
