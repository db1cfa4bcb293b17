import { useId, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { Field } from '@/components/ui/Field';
import { TextArea } from '@/components/ui/Input';
import { Money } from '@/components/ui/Money';
import { useCan, useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import type { DraftKind } from '@/lib/drafts';
import { useDraft } from '@/lib/drafts';
import { errorWords } from '@/lib/error-words';
import { useNow } from '@/lib/now';
import { formatDay } from '@/lib/time';
import type { BooksDay } from '@/types';
import { CloseEarly } from './CloseEarly';
import { CountTable } from './CountTable';
import type { Method, Typed } from './count';
import { readCount, slipCents, together, typedCents } from './count';
import { EarlierDays } from './EarlierDays';
import { useCloseDay } from './mutations';

interface CountDraft {
  typed: Typed;
  note: string;
  withEarlier: boolean;
}

/** What was counted and not closed yet, by location and day: nobody counts a drawer twice for a look at another page. */
const COUNT: DraftKind<CountDraft> = {
  empty: { typed: {}, note: '', withEarlier: false },
  isEmpty: ({ typed, note, withEarlier }) => !note && !withEarlier && !Object.values(typed).some((text) => text !== ''),
  isDraft: ({ typed, note, withEarlier }) => typeof typed === 'object' && typed !== null && typeof note === 'string' && typeof withEarlier === 'boolean',
};

interface DayCountProps {
  locationId: string;
  zone: string;
  figures: BooksDay;
  onDay: (day: string) => void;
}

/** The day's figures by method with a field for what was counted; Enter goes from field to field. */
export function DayCount({ locationId, zone, figures, onDay }: DayCountProps) {
  const { day, currency, isClosed } = figures;
  const mayClose = useCan('day:close');
  const form = useRef<HTMLFormElement>(null);
  const leadId = useId();
  const [draft, change] = useDraft(COUNT, useSession().me.user.id, `/books/${locationId}/${day}`);
  const { typed, note } = draft;
  const [wasTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const now = useNow();
  const close = useCloseDay(locationId, day, () => change(COUNT.empty));
  const hasEarlier = figures.earlierDays.length > 0;
  const withEarlier = hasEarlier && draft.withEarlier;
  const methods = withEarlier ? together(figures.methods, figures.earlier) : figures.methods;
  const count = readCount(methods, typed);
  const needsNote = count.isOff && note.trim() === '';
  const canCount = mayClose && !isClosed;
  // Money may still come today: whoever closes now is asked first.
  const isEarly = day === figures.today && (figures.openVisits > 0 || now < Date.parse(figures.shopClosesAt));

  const focusFirst = (): void => {
    window.requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const submit = (): void => {
    setTried(true);
    setRefusal(null);
    if (hasEarlier && !withEarlier) setRefusal(t('day.earlier.need'));
    if (Object.keys(count.faults).length > 0 || needsNote || (hasEarlier && !withEarlier)) {
      focusFirst();
      return;
    }
    if (isEarly) setAsking(true);
    else send();
  };
  const send = (): void => {
    setAsking(false);
    close.mutate(
      {
        counted: count.amounts,
        expected: Object.fromEntries(methods.map((one) => [one.method, one.expectedCents])),
        ...(note.trim() ? { note: note.trim() } : {}),
        withEarlier,
      },
      {
        onError: (error) => {
          const isChanged = error instanceof ApiError && error.code === 'figures_changed';
          setRefusal(isChanged ? t('day.changed') : errorWords(error));
        },
      },
    );
  };
  const onWith = (isWith: boolean): void => {
    setRefusal(null);
    change({ withEarlier: isWith });
  };
  const fill = (): void =>
    change({
      typed: {
        ...Object.fromEntries(methods.filter((one) => one.expectedCents !== 0).map((one) => [one.method, typedCents(one.expectedCents)])),
        ...Object.fromEntries(Object.entries(typed).filter(([, text]) => text.trim() !== '')),
      },
    });

  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {hasEarlier && !isClosed ? (
        <EarlierDays figures={figures} isWith={withEarlier} onWith={canCount ? onWith : null} onDay={onDay} />
      ) : null}
      {figures.entries === 0 && !withEarlier ? <EmptyState title={t('day.none.title')} {...(isClosed ? {} : { detail: t('day.none.detail') })} /> : null}
      <CountTable
        methods={methods}
        currency={currency}
        count={canCount ? count : null}
        typed={typed}
        showsFaults={wasTried}
        onType={(method: Method, text: string) => {
          setRefusal(null);
          change({ typed: { ...typed, [method]: text } });
        }}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <dl className="rounded-control bg-sunken px-4 py-3">
          <dt className="text-xs text-muted">{t('day.slip')}</dt>
          <dd className="text-xl font-semibold">
            <Money cents={canCount ? slipCents(methods, count.amounts) : figures.slipCents} currency={currency} />
          </dd>
          <dd className="text-xs text-muted">{t('day.slip.detail')}</dd>
        </dl>
        {canCount ? (
          <Field label={t('day.note')} hint={t('day.note.hint')} error={wasTried && needsNote ? t('day.note.need') : undefined}>
            {(control) => <TextArea {...control} rows={2} maxLength={10_000} value={note} onChange={(event) => change({ note: event.target.value })} />}
          </Field>
        ) : null}
      </div>
      {canCount ? (
        <div className="flex flex-wrap items-center gap-3" data-no-print>
          <Button type="submit" tone="primary" aria-describedby={leadId} isPending={close.isPending} pendingLabel={t('day.closing')}>
            {t('day.close', { day: formatDay(day) })}
          </Button>
          <Button onClick={fill} title={t('day.fill.hint')}>
            {t('day.fill')}
          </Button>
          <p id={leadId} className="min-w-0 flex-1 text-muted">
            {t('day.close.lead')}
          </p>
        </div>
      ) : isClosed ? null : (
        <p className="text-muted">{t('day.mayNot')}</p>
      )}
      {isAsking ? <CloseEarly figures={figures} zone={zone} onClose={() => setAsking(false)} onConfirm={send} /> : null}
      {refusal ? (
        <p role="alert" className="font-medium text-danger">
          {[t('day.close.failed'), refusal].join('. ')}
        </p>
      ) : null}
    </form>
  );
}
