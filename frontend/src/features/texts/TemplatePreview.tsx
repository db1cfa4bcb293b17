import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Select } from '@/components/ui/Select';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/messages';
import '@/i18n/late/texts';
import { t } from '@/i18n/t';
import { useRested } from '@/lib/debounce';
import { errorWords } from '@/lib/error-words';
import { findingWords } from '@/lib/finding-words';
import { fieldNames, valuesMissing } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import { addDays, localDate } from '@/lib/time';
import type { TemplateDraft } from './template-draft';
import type { Checked } from './queries';
import { textQueries } from './queries';

const AHEAD_DAYS = 6;

/** The text as it arrives, with the values of a job that one chooses, its length and what must not stand in it. */
export function TemplatePreview({ draft }: { draft: TemplateDraft }) {
  const { location } = useShopLocation();
  const today = localDate(useNow(), location.timezone);
  const [appointmentId, setAppointmentId] = useState('');
  const { data: jobs = [] } = useQuery(textQueries.jobs(location.id, today, addDays(today, AHEAD_DAYS)));
  const { channel, purpose, subject, body } = draft;
  const asked: Checked = { channel, purpose, body, ...(channel === 'email' ? { subject } : {}), ...(appointmentId ? { appointmentId } : { locationId: location.id }) };
  const rested = useRested(JSON.stringify(asked), 250);
  const { data, error } = useQuery({ ...textQueries.check(JSON.parse(rested) as Checked), placeholderData: keepPreviousData });
  const isEmpty = body.trim() === '';

  return (
    <section aria-label={t('template.preview')} className="flex flex-col gap-3">
      <Field label={t('template.preview.job')}>
        {(control) => (
          <Select {...control} value={appointmentId} onChange={(event) => setAppointmentId(event.target.value)}>
            <option value="">{t('template.preview.example')}</option>
            {jobs.map((job) => (
              <option key={job.id} value={job.id}>
                {[`#${job.number}`, job.customerName, job.vehicle].filter(Boolean).join(' · ')}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="rounded-panel bg-info-soft px-3 py-2 text-info">
        {isEmpty || !data ? (
          <p>{error && !isEmpty ? errorWords(error) : t('template.preview.empty')}</p>
        ) : (
          <>
            {data.subject ? <p className="font-semibold break-words">{data.subject}</p> : null}
            <p data-arrives className="break-words whitespace-pre-wrap">
              {data.text}
            </p>
          </>
        )}
      </div>
      {data && !isEmpty ? (
        <>
          {channel === 'sms' ? (
            <p className="tabular text-xs text-muted" data-segments={data.segments}>
              {[t('messages.segments', { count: data.segments }), t('composer.characters', { count: data.characters }), data.encoding === 'ucs2' ? t('composer.unicode') : '']
                .filter(Boolean)
                .join(' · ')}
            </p>
          ) : null}
          {valuesMissing(data).length > 0 ? (
            <p className="rounded-control bg-warning-soft px-2.5 py-1.5 text-warning">{t('composer.missing', { fields: fieldNames(valuesMissing(data)) })}</p>
          ) : null}
          <ul role="list" aria-live="polite" className="flex flex-col gap-1">
            {data.findings.map((finding) => (
              <li key={`${finding.code}${finding.start}`} className="flex items-start gap-2 rounded-control bg-danger-soft px-2.5 py-1.5 text-danger">
                <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
                <span className="min-w-0">{findingWords(finding)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
