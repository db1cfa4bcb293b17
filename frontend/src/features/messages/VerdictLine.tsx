import { clsx } from 'clsx';
import { Ban, CircleCheck, Clock } from 'lucide-react';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { verdictWords } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import type { Verdict } from '@/types';

const LOOK = {
  now: { icon: CircleCheck, tone: 'text-success' },
  held: { icon: Clock, tone: 'text-warning' },
  refused: { icon: Ban, tone: 'text-danger' },
};

interface VerdictLineProps {
  id: string;
  verdict: Verdict | null;
  zone: string;
  error: unknown;
}

/** Beside the button: whether the text goes now, when it will, or why it can’t. */
export function VerdictLine({ id, verdict, zone, error }: VerdictLineProps) {
  const now = useNow();
  const { icon: Icon, tone } = LOOK[verdict?.kind ?? 'now'];
  return (
    <p id={id} role="status" data-verdict={verdict?.kind} className={clsx('flex min-w-0 flex-1 items-start gap-1.5 font-medium', verdict ? tone : error ? 'text-danger' : 'text-muted')}>
      {verdict ? (
        <>
          <Icon size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0">{verdictWords(verdict, zone, now)}</span>
        </>
      ) : error ? (
        t('composer.cantCheck', { why: errorWords(error) })
      ) : (
        t('composer.checking')
      )}
    </p>
  );
}
