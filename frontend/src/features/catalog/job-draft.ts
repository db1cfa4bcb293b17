import '@/i18n/late/catalog';
import { t } from '@/i18n/t';
import { centsFault, exactFault } from '@/lib/amount-words';
import { centsField, HOURS, parseCents, parseExact, QUANTITY } from '@/lib/amounts';
import { TAX_OF } from '@/lib/line-kinds';
import type { CannedLine, CatalogJob, LineKind, NewCatalogJob, TaxClass } from '@/types';

/** A line as it is typed. */
export interface LineDraft {
  key: string;
  kind: LineKind;
  name: string;
  /** Hours of labor, a quantity of all else. */
  count: string;
  price: string;
  cost: string;
  rate: string;
  taxClass: TaxClass;
  isFlat: boolean;
}

export interface JobDraft {
  locationId: string | null;
  name: string;
  category: string;
  description: string;
  minutes: string;
  isOnline: boolean;
  isActive: boolean;
  lines: LineDraft[];
}

let nextKey = 0;

export function newLine(kind: LineKind): LineDraft {
  nextKey += 1;
  return { key: `line-${nextKey}`, kind, name: '', count: '1', price: '', cost: '', rate: '', taxClass: TAX_OF[kind], isFlat: false };
}

/** Another kind is taxed as that kind is. */
export function withKind(line: LineDraft, kind: LineKind): LineDraft {
  return { ...line, kind, taxClass: TAX_OF[kind], isFlat: false, rate: '' };
}

function lineDraft(line: CannedLine): LineDraft {
  return {
    ...newLine(line.kind),
    name: line.name,
    count: (line.kind === 'labor' ? line.hours : line.quantity) ?? '1',
    price: line.unitPriceCents === null ? '' : centsField(line.unitPriceCents),
    cost: line.unitCostCents === null ? '' : centsField(line.unitCostCents),
    rate: line.laborRate ?? '',
    taxClass: line.taxClass,
    isFlat: line.isFlat,
  };
}

export function draftOf(job: CatalogJob | null): JobDraft {
  if (!job) {
    return { locationId: null, name: '', category: '', description: '', minutes: '60', isOnline: false, isActive: true, lines: [newLine('labor')] };
  }
  return {
    locationId: job.locationId,
    name: job.name,
    category: job.category,
    description: job.description ?? '',
    minutes: String(job.durationMinutes),
    isOnline: job.isOnline,
    isActive: job.isActive,
    lines: job.lines.map(lineDraft),
  };
}

function lineOf(draft: LineDraft): CannedLine | null {
  const isLabor = draft.kind === 'labor';
  const count = parseExact(draft.count, isLabor ? HOURS : QUANTITY);
  const price = draft.price.trim() === '' ? null : parseCents(draft.price);
  const cost = draft.cost.trim() === '' ? null : parseCents(draft.cost);
  const isPriced = price !== null || (isLabor && draft.price.trim() === '' && !draft.isFlat);
  if (!draft.name.trim() || count === null || !isPriced || (cost === null && draft.cost.trim() !== '')) return null;
  return {
    kind: draft.kind,
    name: draft.name.trim(),
    taxClass: draft.taxClass,
    hours: isLabor ? count : null,
    quantity: isLabor ? '1' : count,
    isFlat: draft.isFlat,
    unitPriceCents: price,
    unitCostCents: cost,
    laborRate: isLabor ? draft.rate || null : null,
  };
}

/** What is wrong with the first line that can't be taken, with its place; undefined where all can. */
export function faultOfLines(lines: readonly LineDraft[]): string | undefined {
  for (const [index, line] of lines.entries()) {
    const isLabor = line.kind === 'labor';
    const byRate = isLabor && !line.isFlat && line.price.trim() === '';
    const faults = [
      ['canned.line.name', line.name.trim() ? undefined : t('canned.need.name')],
      [isLabor ? 'canned.line.hours' : 'canned.line.quantity', exactFault(line.count, isLabor ? HOURS : QUANTITY)],
      [isLabor ? 'canned.line.hourPrice' : 'canned.line.price', byRate ? undefined : centsFault(line.price)],
      ['canned.line.cost', line.cost.trim() ? centsFault(line.cost) : undefined],
    ] as const;
    const found = faults.find(([, fault]) => fault);
    if (found?.[1]) return t('canned.line.fault', { place: index + 1, field: t(found[0]), fault: found[1] });
  }
  return undefined;
}

/** The job that a draft says, or the names of the fields that are not right yet. */
export function jobOf(draft: JobDraft): NewCatalogJob | ('name' | 'category' | 'minutes' | 'lines')[] {
  const minutes = /^\d{1,4}$/.test(draft.minutes.trim()) ? Number(draft.minutes) : 0;
  const lines = draft.lines.map(lineOf).filter((line) => line !== null);
  const wrong = [
    !draft.name.trim() && 'name',
    !draft.category.trim() && 'category',
    (minutes < 5 || minutes > 2880) && 'minutes',
    (lines.length === 0 || lines.length < draft.lines.length) && 'lines',
  ].filter((field) => field !== false) as ('name' | 'category' | 'minutes' | 'lines')[];
  if (wrong.length > 0) return wrong;
  return {
    locationId: draft.locationId,
    name: draft.name.trim(),
    category: draft.category.trim(),
    description: draft.description.trim() || null,
    durationMinutes: minutes,
    isOnline: draft.isOnline,
    isActive: draft.isActive,
    lines,
  };
}

const CHANGEABLE = ['name', 'category', 'description', 'durationMinutes', 'isOnline', 'isActive', 'lines'] as const;

/** What was changed; nothing of what stands as it was. */
export function changeOf(job: NewCatalogJob, before: CatalogJob): Partial<NewCatalogJob> {
  const plain = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part));
  return Object.fromEntries(CHANGEABLE.filter((field) => plain(job[field]) !== plain(before[field])).map((field) => [field, job[field]]));
}
