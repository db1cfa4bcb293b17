/** Which inspections can be begun on a visit. Pure. */
import type { Template, Visit } from '@/offline/types';

export interface Offers {
  /** Made for such a visit and car, the best first. */
  fitting: Template[];
  others: Template[];
}

/** Those that were not begun yet, whatever they are called by now. */
export function offersOf(visit: Visit, templates: readonly Template[]): Offers {
  const begun = new Set([...(visit.begunTemplateIds ?? []), ...visit.checklists.map((one) => one.templateId)]);
  const left = templates.filter((one) => !begun.has(one.id));
  // A day that was kept by an older version does not say what fits.
  const order = visit.fittingTemplateIds;
  if (!order) return { fitting: left, others: [] };
  const place = (template: Template): number => order.indexOf(template.id);
  return { fitting: left.filter((one) => place(one) >= 0).sort((a, b) => place(a) - place(b)), others: left.filter((one) => place(one) < 0) };
}
