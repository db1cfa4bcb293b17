import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { formatDateTime } from '@/lib/time';
import type { Estimates } from '@/types';
import { entriesOf } from './entries';
import type { EstimateActs } from './mutations';

interface TimelineProps {
  data: Estimates;
  zone: string;
  currency: string;
  /** Null for who may only look. */
  acts: EstimateActs | null;
}

/** What happened to an estimate, the newest first, and the links that are out. */
export function Timeline({ data, zone, currency, acts }: TimelineProps) {
  const entries = entriesOf(data, currency, zone);
  if (entries.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      <h4 className="text-xs font-medium text-muted">{t('estimate.timeline')}</h4>
      <ol role="list" className="flex flex-col gap-2">
        {entries.map(({ key, at, icon: Icon, words, detail }) => (
          <li key={key} className="flex gap-2">
            <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-muted" />
            <span className="min-w-0 flex-1">
              <span className="block break-words">{words}</span>
              <span className="block text-xs break-words text-muted">{[formatDateTime(at, zone), detail].filter(Boolean).join(' · ')}</span>
            </span>
          </li>
        ))}
      </ol>
      <Links data={data} zone={zone} acts={acts} />
    </div>
  );
}

function Links({ data, zone, acts }: Pick<TimelineProps, 'data' | 'zone' | 'acts'>) {
  const [revoking, setRevoking] = useState<string | null>(null);
  const open = data.links.filter((link) => link.isOpen);
  const revoke = (id: string): void => {
    acts?.revoke(id).then(
      () => {
        setRevoking(null);
        toast({ tone: 'success', title: t('estimate.link.revoke.done') });
      },
      (error: unknown) => toast({ tone: 'error', title: errorWords(error) }),
    );
  };
  return (
    <>
      {open.map((link) => (
        <p key={link.id} className="flex flex-wrap items-center justify-between gap-2 rounded-control bg-sunken px-3 py-1.5">
          <span>
            {t('estimate.link')}
            {' · '}
            {t('estimate.link.open', { when: formatDateTime(link.expiresAt, zone) })}
          </span>
          {acts ? (
            <Button size="sm" onClick={() => setRevoking(link.id)}>
              {t('estimate.link.revoke')}
            </Button>
          ) : null}
        </p>
      ))}
      {revoking ? (
        <Dialog
          title={t('estimate.link.revoke.title')}
          size="sm"
          onClose={() => setRevoking(null)}
          footer={
            <>
              <Button onClick={() => setRevoking(null)}>{t('estimate.link.keep')}</Button>
              <Button tone="danger" isPending={acts?.isPending ?? false} pendingLabel={t('action.saving')} onClick={() => revoke(revoking)}>
                {t('estimate.link.revoke.do')}
              </Button>
            </>
          }
        >
          <p>{t('estimate.link.revoke.detail')}</p>
        </Dialog>
      ) : null}
    </>
  );
}
