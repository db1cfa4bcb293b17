import type { LineKind, LinePatch, TaxClass, WorkLine } from '@/types';

export const LINE_KINDS: readonly LineKind[] = ['labor', 'part', 'fee'];

/** How a kind of line is taxed unless somebody says otherwise. */
export const TAX_OF: Record<LineKind, TaxClass> = { labor: 'labor', part: 'parts', fee: 'fees' };

/** What changes along with a line's kind: labor is counted in hours and all else in pieces, as many of them at the same price. */
export function kindPatch(line: Pick<WorkLine, 'kind' | 'hours' | 'quantity' | 'isFlat' | 'taxClass'>, kind: LineKind): LinePatch {
  const tax: LinePatch = line.taxClass === TAX_OF[line.kind] ? { taxClass: TAX_OF[kind] } : {};
  if (kind === 'labor' && line.kind !== 'labor') return { kind, hours: line.quantity, quantity: '1', ...tax };
  if (kind !== 'labor' && line.kind === 'labor') {
    const quantity = line.isFlat || !Number(line.hours) ? '1' : (line.hours ?? '1');
    return { kind, hours: null, isFlat: false, quantity, ...tax };
  }
  return { kind, ...tax };
}
