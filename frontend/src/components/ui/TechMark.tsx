import { UserRoundX } from 'lucide-react';
import { t } from '@/i18n/t';
import { initials } from '@/lib/names';

/** A technician's initials; a crossed-out figure when nobody has the job. */
export function TechMark({ name }: { name: string | null }) {
  if (!name) {
    return (
      <span title={t('card.unassigned')} className="flex size-6 items-center justify-center rounded-full border border-dashed border-line-strong text-muted">
        <UserRoundX size={12} aria-hidden />
        <span className="sr-only">{t('card.unassigned')}</span>
      </span>
    );
  }
  return (
    <span title={name} className="flex size-6 items-center justify-center rounded-full border border-line bg-hover text-xs font-semibold text-ink">
      <span aria-hidden>{initials(name)}</span>
      <span className="sr-only">{name}</span>
    </span>
  );
}
