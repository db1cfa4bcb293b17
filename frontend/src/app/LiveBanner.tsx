import { CloudOff, RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { connect, useLiveState } from '@/lib/events';
import { whenIdle } from '@/lib/idle';
import { formatTime } from '@/lib/time';
import { useUnsaved } from '@/lib/unsaved';

/** A moment of silence is no news: the bar appears when the break has lasted this long. */
const PATIENCE = 3_000;
/** A page that does not come to rest follows changes all the same, after so many milliseconds. */
const REST = 300;

/** Keeps the stream of live changes open, and says so when what stands on the screen may be old. */
export function LiveBanner() {
  const { location } = useShopLocation();
  const { mode, since } = useLiveState();
  const [shownFor, setShownFor] = useState<number | null>(null);
  const wasOffline = useRef(false);
  const unsaved = useUnsaved(useSession().me.user.id);
  const hasUnsaved = unsaved.length > 0;
  const isWaiting = unsaved.some((entry) => entry.refusal === null);

  // After the first picture: the stream's greeting draws the page anew.
  useEffect(() => {
    let stop = whenIdle(() => {
      stop = connect(location.id);
    }, REST);
    return () => stop();
  }, [location.id]);
  useEffect(() => {
    if (mode === 'live' || mode === 'connecting') {
      // Nothing is up to date while something is unsaved.
      if (mode === 'live' && wasOffline.current) {
        if (isWaiting) toast({ key: 'live.back', tone: 'info', title: t('live.back.saving') });
        else {
          wasOffline.current = false;
          toast({ key: 'live.back', tone: 'success', title: t(hasUnsaved ? 'live.back.only' : 'live.back') });
        }
      }
      return undefined;
    }
    const timer = window.setTimeout(() => {
      setShownFor(since);
      if (mode === 'offline') {
        wasOffline.current = true;
        announce(t('live.offline', { time: formatTime(since, location.timezone) }));
      }
    }, PATIENCE);
    return () => window.clearTimeout(timer);
  }, [mode, since, location.timezone, isWaiting, hasUnsaved]);

  if (shownFor !== since || (mode !== 'offline' && mode !== 'polling')) return null;
  const isOffline = mode === 'offline';
  const Icon = isOffline ? CloudOff : RefreshCw;
  return (
    <div
      data-live={mode}
      className={
        isOffline
          ? 'flex shrink-0 items-center gap-2 bg-warning-soft px-4 py-1.5 text-warning'
          : 'flex shrink-0 items-center gap-2 bg-info-soft px-4 py-1.5 text-info'
      }
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0">
        <span className="font-semibold">
          {isOffline ? t('live.offline', { time: formatTime(since, location.timezone) }) : t('live.polling')}
        </span>{' '}
        {isOffline ? t('live.offline.detail') : null}
      </p>
    </div>
  );
}
