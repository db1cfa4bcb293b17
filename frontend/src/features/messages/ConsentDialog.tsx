import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/consent';
import { t, wordFor } from '@/i18n/t';
import { howWords } from '@/lib/consent-words';
import { formatPhone } from '@/lib/phone';
import { formatDateTime } from '@/lib/time';
import type { ConsentEvent, NumberConsent } from '@/types';
import { advertisingState, consentState, isEnded, sinceWords } from './consent';
import { ConsentForm } from './ConsentForm';
import { consentQueries } from './queries';

interface ConsentDialogProps {
  phone: string;
  zone: string;
  mayRecord: boolean;
  onClose: () => void;
}

/** A number's consent: what holds now and how it came about, every event, and the two things that staff may record. */
export function ConsentDialog({ phone, zone, mayRecord, onClose }: ConsentDialogProps) {
  const [form, setForm] = useState<'record' | 'revoke' | null>(null);
  const { data, error, refetch } = useQuery(consentQueries.number(phone));
  if (form) return <ConsentForm kind={form} phone={phone} onClose={() => setForm(null)} />;
  return (
    <Dialog
      title={t('consent.title', { phone: formatPhone(phone) })}
      isReading
      onClose={onClose}
      footer={
        mayRecord && data ? (
          <>
            {isEnded(data) ? null : <Button onClick={() => setForm('revoke')}>{t('consent.revoke')}</Button>}
            {isEnded(data) ? null : (
              <Button tone="primary" onClick={() => setForm('record')}>
                {t('consent.record')}
              </Button>
            )}
            {isEnded(data) ? <p className="flex-1 text-muted">{t('consent.onlyStart.shop')}</p> : null}
          </>
        ) : null
      }
    >
      {data ? (
        <Known consent={data} zone={zone} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={6} label={t('consent.loading')} />
      )}
    </Dialog>
  );
}

function Known({ consent, zone }: { consent: NumberConsent; zone: string }) {
  const purposes = [
    ['consent.informational', consentState(consent.informational)],
    ['consent.marketing', advertisingState(consent.marketing)],
  ] as const;
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid gap-3 sm:grid-cols-2">
        {purposes.map(([word, state]) => (
          <div key={word}>
            <dt className="text-xs font-medium text-muted">{t(word)}</dt>
            <dd className="mt-1">
              <Badge tone={state.tone}>{state.words}</Badge>
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-muted">{[consent.since ? `${consentState(consent.informational).words} ${sinceWords(consent, zone)}.` : '', t('consent.shared')].filter(Boolean).join(' ')}</p>
      {consent.wording ? (
        <div>
          <p className="text-xs font-medium text-muted">{t('consent.wording')}</p>
          <p className="mt-1 rounded-control bg-sunken px-3 py-2 whitespace-pre-wrap">{consent.wording}</p>
        </div>
      ) : null}
      <section>
        <h3 className="mb-1 text-xs font-medium text-muted">{t('consent.history')}</h3>
        {consent.events.length === 0 ? <p className="text-muted">{t('consent.history.empty')}</p> : null}
        <ol role="list" className="divide-y divide-line">
          {consent.events.map((event) => (
            <Event key={event.id} event={event} zone={zone} />
          ))}
        </ol>
      </section>
    </div>
  );
}

function Event({ event, zone }: { event: ConsentEvent; zone: string }) {
  const kind = wordFor(`consent.kind.${event.kind}`) ?? event.kind;
  // Who noted it and a whole sentence stand below.
  const how = howWords({ method: event.method, wording: event.method === 'stop_phrase' ? null : event.wording }) ?? event.method;
  const purpose = event.purpose ? t(`consent.${event.purpose}`) : null;
  const quoted = event.note ?? event.wording;
  return (
    <li className="py-2">
      <p>
        <span className="font-medium">{kind}</span> {how}
        {purpose ? <span className="text-muted">{` · ${purpose}`}</span> : null}
      </p>
      {quoted ? <p className="line-clamp-3 text-muted">{t('consent.quote', { text: quoted })}</p> : null}
      <p className="text-xs text-muted">{[event.by, formatDateTime(event.at, zone)].filter(Boolean).join(' · ')}</p>
    </li>
  );
}
