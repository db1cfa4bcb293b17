import { useQuery } from '@tanstack/react-query';
import { ChevronRight, ShieldCheck, ShieldOff, ShieldQuestionMark } from 'lucide-react';
import { Suspense, lazy, useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import '@/i18n/late/consent';
import { t } from '@/i18n/t';
import { consentState, isEnded, sinceWords } from './consent';
import { consentQueries } from './queries';

const ConsentDialog = lazy(() => import('./ConsentDialog').then((module) => ({ default: module.ConsentDialog })));

/** What the number's owner allows, as one line that opens the rest. */
export function ConsentLine({ phone, zone, mayRecord }: { phone: string; zone: string; mayRecord: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery(consentQueries.number(phone));
  const state = data ? consentState(data.informational) : null;
  const Icon = !data || data.informational === 'unknown' ? ShieldQuestionMark : isEnded(data) ? ShieldOff : ShieldCheck;
  return (
    <>
      <button
        type="button"
        disabled={!data}
        aria-label={state ? t('consent.open', { state: state.words }) : t('consent.loading')}
        onClick={() => setOpen(true)}
        className="inline-flex min-h-8 max-w-fit min-w-0 flex-1 basis-44 items-center gap-2 rounded-control border border-line px-1.5 text-left hover:bg-hover pointer-coarse:min-h-11"
      >
        {data && state ? (
          <>
            <Badge tone={state.tone} icon={Icon}>
              {state.words}
            </Badge>
            <span className="truncate text-xs text-muted">{sinceWords(data, zone)}</span>
            <ChevronRight size={14} aria-hidden className="shrink-0 text-muted" />
          </>
        ) : (
          <span className="text-xs text-muted">{t('consent.loading')}</span>
        )}
      </button>
      <Suspense fallback={null}>{isOpen && data ? <ConsentDialog phone={phone} zone={zone} mayRecord={mayRecord} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
