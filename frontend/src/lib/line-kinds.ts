import { HOURS, QUANTITY, readExact } from './amounts';
import type { LineKind, LinePatch, TaxClass, WorkLine } from '@/types';

export const LINE_KINDS: readonly LineKind[] = ['labor', 'part', 'fee'];

/** How a kind of line is taxed unless somebody says otherwise. */
export const TAX_OF: Record<LineKind, TaxClass> = { labor: 'labor', part: 'parts', fee: 'fees' };

/**
 * What changes along with a line's kind: labor is counted in hours and all else in pieces, so that the price stays. Only labor
 * of no hours, which costs nothing, becomes one piece: there is no fewer.
 */
export function kindPatch(line: Pick<WorkLine, 'kind' | 'hours' | 'quantity' | 'isFlat' | 'taxClass'>, kind: LineKind): LinePatch {
  const tax: LinePatch = line.taxClass === TAX_OF[line.kind] ? { taxClass: TAX_OF[kind] } : {};
  if (kind === 'labor' && line.kind !== 'labor') {
    // Hours have two places. What has more stays a quantity, of labor at a fixed price.
    const isHours = 'text' in Object(readExact(line.quantity, HOURS));
    return isHours ? { kind, hours: line.quantity, quantity: '1', ...tax } : { kind, hours: '0', isFlat: true, ...tax };
  }
  if (kind !== 'labor' && line.kind === 'labor') {
    const count = line.isFlat ? Number(line.quantity) : Number(line.hours) * Number(line.quantity);
    return { kind, hours: null, isFlat: false, quantity: count > 0 ? String(Number(count.toFixed(QUANTITY.places))) : '1', ...tax };
  }
  return { kind, ...tax };
}
