import { ClipboardList } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { EmptyState } from '@/components/ui/EmptyState';
import { Money } from '@/components/ui/Money';
import { hasWord, t } from '@/i18n/t';
import { useEdit } from '../EditContext';

const TONES: Record<string, BadgeTone> = { approved: 'success', declined: 'danger', pending: 'warning', sent: 'info' };

/** The work of this visit, line by line. */
export function ServicesTab() {
  const { services, appointment } = useEdit().data;
  if (services.length === 0) {
    return <EmptyState icon={ClipboardList} title={t('services.empty.title')} detail={t('services.empty.detail')} />;
  }
  return (
    <div className="px-4 py-2">
      <ul role="list" className="divide-y divide-line">
        {services.map((line) => {
          const key = `services.approval.${line.approval ?? ''}`;
          return (
            <li key={line.id} className="flex items-start gap-3 py-3">
              <div className="min-w-0 flex-1">
                <p className="font-medium">{line.name}</p>
                {line.notes ? <p className="text-muted">{line.notes}</p> : null}
                <p className="mt-1 flex flex-wrap items-center gap-2 text-xs text-muted">
                  {line.category}
                  {line.hours ? <span className="tabular">{t('services.hours', { hours: line.hours })}</span> : null}
                  {line.approval && hasWord(key) ? <Badge tone={TONES[line.approval] ?? 'neutral'}>{t(key)}</Badge> : null}
                </p>
              </div>
              <span className="shrink-0 font-medium">
                <Money cents={line.priceCents ?? undefined} />
              </span>
            </li>
          );
        })}
      </ul>
      {appointment.totalCents === undefined ? null : (
        <p className="flex justify-between border-t border-line-strong py-3 font-semibold">
          {t('services.total')}
          <Money cents={appointment.totalCents} />
        </p>
      )}
    </div>
  );
}
