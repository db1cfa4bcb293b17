import type { ExactLimits } from '@/lib/amounts';
import { parseExact } from '@/lib/amounts';
import type { InspectionPoint, InspectionTemplate, NewInspectionTemplate } from '@/types';

export const LIMITS = ['failBelow', 'attentionBelow', 'attentionAbove', 'failAbove'] as const;
export type Limit = (typeof LIMITS)[number];

/** A point as it is typed; `id` is the row's, `key` what the server knows it by, null for a new one. */
export interface PointDraft extends Record<Limit, string> {
  id: string;
  key: string | null;
  section: string;
  label: string;
  help: string;
  needsPhoto: boolean;
  hasReading: boolean;
  unit: string;
  catalogId: string | null;
}

export interface TemplateDraft {
  locationId: string | null;
  name: string;
  visitType: string;
  fromAge: string;
  toAge: string;
  fromMileage: string;
  toMileage: string;
  isActive: boolean;
  points: PointDraft[];
}

const NUMBERS = ['fromAge', 'toAge', 'fromMileage', 'toMileage'] as const;
const CHANGEABLE = ['name', 'visitType', ...NUMBERS, 'isActive', 'points'] as const;
let nextRow = 0;

/** A new point, in the section of the one before it. */
export function newPoint(section = ''): PointDraft {
  nextRow += 1;
  return {
    id: `point-${nextRow}`,
    key: null,
    section,
    label: '',
    help: '',
    needsPhoto: false,
    hasReading: false,
    unit: '',
    catalogId: null,
    failBelow: '',
    attentionBelow: '',
    attentionAbove: '',
    failAbove: '',
  };
}

function pointDraft(point: InspectionPoint): PointDraft {
  const { reading } = point;
  return {
    ...newPoint(point.section ?? ''),
    key: point.key,
    label: point.label,
    help: point.help ?? '',
    needsPhoto: point.needsPhoto,
    hasReading: reading !== null,
    unit: reading?.unit ?? '',
    catalogId: point.catalogId,
    ...(Object.fromEntries(LIMITS.map((limit) => [limit, reading?.[limit] ?? ''])) as Record<Limit, string>),
  };
}

export function draftOf(template: InspectionTemplate | null): TemplateDraft {
  const text = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value));
  return {
    locationId: template?.locationId ?? null,
    name: template?.name ?? '',
    visitType: template?.visitType ?? '',
    fromAge: text(template?.fromAge),
    toAge: text(template?.toAge),
    fromMileage: text(template?.fromMileage),
    toMileage: text(template?.toMileage),
    isActive: template?.isActive ?? true,
    points: template ? template.points.map(pointDraft) : [newPoint()],
  };
}

type Point = NewInspectionTemplate['points'][number];

/** A reading's limit as the server takes it. */
const LIMIT: ExactLimits = { places: 2, most: 9_999_999 };
const limitOf = (text: string): string | null | undefined => (text.trim() === '' ? null : (parseExact(text, LIMIT) ?? undefined));

/** The field that keeps a point from being saved; null when it can be. */
export function lackOf(draft: PointDraft): 'label' | 'unit' | Limit | null {
  if (!draft.label.trim()) return 'label';
  if (!draft.hasReading) return null;
  if (!draft.unit.trim()) return 'unit';
  return LIMITS.find((limit) => limitOf(draft[limit]) === undefined) ?? outOfOrder(draft);
}

/** The first limit that is below one before it: urgent below, attention below, attention above and urgent above rise. */
function outOfOrder(draft: PointDraft): Limit | null {
  let highest = -Infinity;
  for (const limit of LIMITS) {
    const value = limitOf(draft[limit]);
    if (value === null || value === undefined) continue;
    if (Number(value) < highest) return limit;
    highest = Number(value);
  }
  return null;
}

/** What is wrong with the field that `lackOf` names. */
export function wrongOf(draft: PointDraft): 'label' | 'unit' | 'number' | 'order' | null {
  const lack = lackOf(draft);
  if (lack === null || lack === 'label' || lack === 'unit') return lack;
  return limitOf(draft[lack]) === undefined ? 'number' : 'order';
}

function pointOf(draft: PointDraft): Point | null {
  if (lackOf(draft) !== null) return null;
  const limits = LIMITS.map((limit): [Limit, string | null | undefined] => [limit, limitOf(draft[limit])]);
  return {
    key: draft.key,
    section: draft.section.trim() || null,
    label: draft.label.trim(),
    help: draft.help.trim() || null,
    reading: draft.hasReading ? { unit: draft.unit.trim(), ...(Object.fromEntries(limits) as Record<Limit, string | null>) } : null,
    needsPhoto: draft.needsPhoto,
    catalogId: draft.catalogId,
  };
}

export type Wrong = 'name' | 'points' | (typeof NUMBERS)[number];

/** The template that a draft says, or the names of the fields that are not right yet. */
export function templateOf(draft: TemplateDraft): NewInspectionTemplate | Wrong[] {
  const points = draft.points.map(pointOf).filter((point) => point !== null);
  const number = (field: (typeof NUMBERS)[number]): number | null | undefined => {
    const text = draft[field].trim().replaceAll(',', '');
    if (text === '') return null;
    return /^\d{1,7}$/.test(text) ? Number(text) : undefined;
  };
  const wrong: Wrong[] = [
    ...(draft.name.trim() ? [] : ['name' as const]),
    ...NUMBERS.filter((field) => number(field) === undefined),
    ...(points.length === 0 || points.length < draft.points.length ? ['points' as const] : []),
  ];
  if (wrong.length > 0) return wrong;
  return {
    locationId: draft.locationId,
    name: draft.name.trim(),
    visitType: draft.visitType.trim() || null,
    ...(Object.fromEntries(NUMBERS.map((field) => [field, number(field)])) as Record<(typeof NUMBERS)[number], number | null>),
    isActive: draft.isActive,
    points,
  };
}

/** What was changed; nothing of what stands as it was. */
export function changeOf(wish: NewInspectionTemplate, before: InspectionTemplate): Partial<NewInspectionTemplate> {
  const plain = (value: unknown): string =>
    JSON.stringify(value, (_, part: unknown) => (part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part));
  return Object.fromEntries(CHANGEABLE.filter((field) => plain(wish[field]) !== plain(before[field])).map((field) => [field, wish[field]]));
}
