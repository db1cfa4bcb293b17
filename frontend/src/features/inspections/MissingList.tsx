import '@/i18n/late/inspections';
import { t } from '@/i18n/t';

/** What keeps an inspection from being submitted. */
export interface Lacking {
  itemId: string;
  label: string;
  what: 'answer' | 'photo';
}

export const rowId = (itemId: string): string => `point-${itemId}`;

/** Brings the person to a point that lacks something. */
function go(itemId: string): void {
  const row = document.getElementById(rowId(itemId));
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
}

/** What is missing, each point a way to it. */
export function MissingList({ lacking }: { lacking: readonly Lacking[] }) {
  return (
    <div role="alert" className="rounded-control bg-warning-soft p-3 text-warning">
      <p className="font-semibold">{t('inspection.missing', { count: lacking.length })}</p>
      <ul role="list" className="mt-1 max-h-48 overflow-y-auto">
        {lacking.map(({ itemId, label, what }) => (
          <li key={itemId}>
            <button
              type="button"
              aria-label={t('inspection.missing.go', { label })}
              className="flex min-h-8 w-full items-center justify-between gap-3 text-left underline underline-offset-2 pointer-coarse:min-h-11"
              onClick={() => go(itemId)}
            >
              <span className="min-w-0 break-words">{label}</span>
              <span className="shrink-0 text-xs no-underline">{t(`inspection.missing.${what}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
