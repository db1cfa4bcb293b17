import { t } from '@/i18n/t';
import { Marked } from './Marked';

/** A plate, drawn as one; the part that a search found is marked. */
export function Plate({ plate, state, q = '' }: { plate: string | null; state?: string | null; q?: string }) {
  if (!plate) return null;
  return (
    <span className="inline-flex shrink-0 items-center rounded-chip border border-line-strong px-1.5 font-mono text-xs leading-5 whitespace-nowrap text-ink">
      <span className="sr-only">{`${t('vehicle.plate')} `}</span>
      <Marked text={plate} q={q} kind="plate" />
      {state ? <span className="pl-1.5 text-muted">{state}</span> : null}
    </span>
  );
}
