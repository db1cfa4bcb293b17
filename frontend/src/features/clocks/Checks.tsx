import { CircleCheck, CircleX } from 'lucide-react';
import { Badge } from '@/components/ui/Badge';
import '@/i18n/late/clocks';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { formatDateTime } from '@/lib/time';
import type { VisitWork } from '@/types';

/** Test drives and quality checks, oldest first. */
export function Checks({ checks, zone }: { checks: VisitWork['checks']; zone: string }) {
  const now = useNow();
  if (checks.length === 0) return <p className="text-muted">{t('work.checks.none')}</p>;
  return (
    <ul role="list" aria-label={t('work.checks')} className="flex flex-col gap-2">
      {checks.map((check) => (
        <li key={check.id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Badge tone={check.isPassed ? 'success' : 'danger'} icon={check.isPassed ? CircleCheck : CircleX}>
            {t(`work.check.${check.kind}`)}: {t(check.isPassed ? 'work.check.passed' : 'work.check.failed')}
          </Badge>
          <span className="text-xs text-muted">{t('work.check.by', { name: check.checkedBy, when: formatDateTime(check.checkedAt, zone, now) })}</span>
          {check.note ? <span className="w-full">{check.note}</span> : null}
        </li>
      ))}
    </ul>
  );
}
