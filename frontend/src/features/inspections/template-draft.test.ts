import { describe, expect, it } from 'vitest';
import type { InspectionTemplate } from '@/types';
import { changeOf, draftOf, lackOf, newPoint, templateOf, wrongOf } from './template-draft';

const TEMPLATE: InspectionTemplate = {
  id: 't1',
  locationId: null,
  name: 'Multi-point',
  visitType: null,
  fromAge: null,
  toAge: 9,
  fromMileage: 30_000,
  toMileage: null,
  isActive: true,
  version: 3,
  versionId: 'v1',
  versionNo: 2,
  points: [
    {
      key: 'pads',
      section: 'Brakes',
      label: 'Pads',
      help: null,
      reading: { unit: 'mm', failBelow: '3', attentionBelow: '5', attentionAbove: null, failAbove: null },
      needsPhoto: true,
      catalogId: null,
    },
  ],
};

describe('the draft of a template', () => {
  it('says what it came from, and then nothing was changed', () => {
    const wish = templateOf(draftOf(TEMPLATE));
    if (Array.isArray(wish)) throw new Error(wish.join());
    expect(changeOf(wish, TEMPLATE)).toEqual({});
  });

  it('tells only what was changed; a new point has no key', () => {
    const draft = draftOf(TEMPLATE);
    const wish = templateOf({ ...draft, fromMileage: '45,000', points: [...draft.points, { ...newPoint('Brakes'), label: ' Fluid ' }] });
    if (Array.isArray(wish)) throw new Error(wish.join());
    const changed = changeOf(wish, TEMPLATE);
    expect(Object.keys(changed)).toEqual(['fromMileage', 'points']);
    expect(changed.fromMileage).toBe(45_000);
    expect(changed.points?.[1]).toEqual({ key: null, section: 'Brakes', label: 'Fluid', help: null, reading: null, needsPhoto: false, catalogId: null });
  });

  it('names what is not right yet', () => {
    expect(templateOf(draftOf(null))).toEqual(['name', 'points']);
    const draft = draftOf(TEMPLATE);
    expect(templateOf({ ...draft, toAge: 'ten' })).toEqual(['toAge']);
    const [point = newPoint()] = draft.points;
    expect(templateOf({ ...draft, points: [{ ...point, unit: '' }] })).toEqual(['points']);
    expect(templateOf({ ...draft, points: [{ ...point, failBelow: 'thin' }] })).toEqual(['points']);
    expect(templateOf({ ...draft, points: [] })).toEqual(['points']);
  });
});

describe('the limits of a point', () => {
  const point = (limits: object) => ({ ...newPoint(), label: 'Pads', hasReading: true, unit: 'mm', ...limits });
  it('name the first one that is below the one before it, and say that it is the order', () => {
    const wrong = point({ failBelow: '5', attentionBelow: '3' });
    expect([lackOf(wrong), wrongOf(wrong)]).toEqual(['attentionBelow', 'order']);
    const above = point({ attentionBelow: '12.2', attentionAbove: '15', failAbove: '14.8' });
    expect([lackOf(above), wrongOf(above)]).toEqual(['failAbove', 'order']);
    expect(wrongOf(point({ failBelow: 'thin' }))).toBe('number');
    expect(wrongOf(point({ unit: '' }))).toBe('unit');
  });
  it('may be equal, and may be left out', () => {
    expect(lackOf(point({ failBelow: '3', attentionBelow: '3', failAbove: '9' }))).toBeNull();
    expect(lackOf(point({}))).toBeNull();
  });
});
