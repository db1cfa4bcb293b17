import { PowerOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { formatTime, formatWhen, localDate } from '@/lib/time';

/** Who switched texting off, since when and why, for those who would read texts; null while it is on, or was never installed. */
function useTextingOff(): { name: string; since: string; reason: string } | null {
  const { me } = useSession();
  const { timezone } = useShopLocation().location;
  const now = useNow();
  const off = me.switchedOff.find((one) => one.name === 'messaging');
  if (!off) return null;
  const isToday = localDate(off.since, timezone) === localDate(now, timezone);
  return { name: off.by, since: isToday ? formatTime(off.since, timezone) : formatWhen(off.since, timezone, now), reason: off.reason };
}

/** The way to the switch, for who may use it. */
function SwitchLink({ size }: { size: 'md' | 'sm' }) {
  const { can } = useSession();
  return can('settings:manage') ? (
    <Link to="/settings/switches" className={buttonClasses('secondary', size)}>
      {t('texting.off.open')}
    </Link>
  ) : null;
}

/** One line where texts would be: that they are switched off, by whom and why. */
export function TextingOff() {
  const off = useTextingOff();
  if (off === null) return null;
  return (
    <div role="status" data-texting-off className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 bg-warning-soft px-4 py-1.5 text-warning">
      <p className="flex min-w-0 flex-1 basis-60 items-start gap-2 font-medium">
        <PowerOff size={16} aria-hidden className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">{t('texting.off', off)}</span>
      </p>
      <SwitchLink size="sm" />
    </div>
  );
}

/** The same in the place of a whole page of texts; `home` is the way to a page that is there. */
export function TextingOffPage({ home }: { home: ReactNode }) {
  const off = useTextingOff();
  return (
    <EmptyState
      isPage
      icon={PowerOff}
      title={t('texting.off.title')}
      detail={off ? t('texting.off.detail', off) : ''}
      action={
        <>
          {home}
          <SwitchLink size="md" />
        </>
      }
    />
  );
}
