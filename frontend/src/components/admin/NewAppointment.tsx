import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { OverlapDialog } from '@/components/ui/OverlapDialog';
import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import { NewAppointmentForm } from '@/features/appointments/NewAppointmentForm';
import { gapWords } from '@/features/appointments/FoldChoice';
import type { Missing, NewDraft } from '@/features/appointments/new-draft';
import { emptyDraft, keptDraft, phoneOf, promisedGap, toRequest, withCustomer } from '@/features/appointments/new-draft';
import { useNewAppointment } from '@/features/appointments/useNewAppointment';
import { focusCard, markLanded } from '@/features/board/board-store';
import { ConsentCheckbox } from '@/features/messages/ConsentCheckbox';
import { useRecordConsent } from '@/features/messages/mutations';
import '@/i18n/late/consent';
import { t } from '@/i18n/t';
import { customerForNew } from '@/lib/data/customers';
import { errorReference, errorWords } from '@/lib/error-words';
import { useUrlState } from '@/lib/url-state';

/** A new job over any page; on the board the new card takes the focus. */
const FIRST: Record<Missing, string> = {
  who: 'input',
  time: 'input[type="time"]',
  gap: 'input[type="time"]',
  promisedGap: 'details input[type="time"]',
};
const told = (words: string | null): string[] => (words ? [words] : []);

export function NewAppointment() {
  const formId = useId();
  const { location } = useShopLocation();
  const { params } = useUrlState();
  const { closeCreate, open } = useAppointmentActions();
  const { can, me } = useSession();
  const canOverbook = can('appointment:overbook');
  const owner = `${me.user.id} ${location.id}`;
  const hasPreset = [...params.keys()].some((name) => name.startsWith('new') && name !== 'new');
  const [changed, setDraft] = useState<NewDraft | null>(() => (hasPreset ? null : keptDraft.read(owner)));
  const [start] = useState(() => emptyDraft(location.timezone, Date.now(), params));
  const opened = useRef<string | null>(null);
  const [asked, setAsked] = useState<Missing | null>(null);

  // A page that knew the customer named them in the address.
  const { data: preset } = useQuery(customerForNew(params.get('newCustomerId')));
  const draft = changed ?? (preset ? withCustomer(start, preset) : start);

  const phone = phoneOf(draft);
  const hasTexts = me.flags.messaging && can('message:send');
  const record = useRecordConsent();
  const { submit, isPending, error, fields, overlap, override, dismiss } = useNewAppointment({
    onShow: open,
    onDone: (made) => {
      if (draft.agrees && phone) {
        // The job stands; what was said about texts is recorded beside it.
        record.mutate(
          { phone, kind: 'express', purpose: 'informational', method: 'counter', wording: t('consent.words', { shop: me.brand.name }), locationId: location.id },
          { onError: (failure) => toast({ tone: 'error', title: t('consent.notRecorded'), detail: errorWords(failure) }) },
        );
      }
      keptDraft.keep(owner, null);
      markLanded(made.id);
      opened.current = made.id;
      closeCreate();
    },
  });
  const result = toRequest(draft, location.id, location.timezone);
  // What was asked for is asked no longer once it is there.
  const missing = 'missing' in result && result.missing === asked ? asked : null;
  const send = (): void => {
    setAsked('missing' in result ? result.missing : null);
    if ('body' in result) submit(result.body);
    else document.getElementById(formId)?.querySelector<HTMLElement>(FIRST[result.missing])?.focus();
  };
  const errors = {
    ...fields,
    ...(missing === 'who' ? { who: [t('new.who.need')] } : {}),
    ...(missing === 'time' ? { time: [t('new.badTime')] } : {}),
    ...(missing === 'gap' ? { time: told(gapWords(draft.date, draft.time, location.timezone)) } : {}),
    ...(missing === 'promisedGap' ? { promisedAt: told(promisedGap(draft, location.timezone)) } : {}),
  };
  const hasFieldErrors = Object.keys(fields).length > 0;

  return (
    <Dialog
      title={t('new.title')}
      note={me.locations.length > 1 ? location.name : undefined}
      size="md"
      returnFocus={() => {
        // The page takes no focus while the window stands over it: the new card gets it now, where there is one.
        if (opened.current) focusCard(opened.current);
        return false;
      }}
      onClose={() => {
        keptDraft.keep(owner, changed);
        closeCreate();
      }}
      footer={
        <>
          {error ? (
            <p role="alert" className="min-w-0 flex-1 basis-64 font-medium text-danger">
              {hasFieldErrors ? t('new.failed') : [errorWords(error), errorReference(error)].filter(Boolean).join(' ')}
            </p>
          ) : null}
          {/* Both stay side by side and where they are, so that nothing slides under the pointer when a refusal comes. */}
          <span className="ml-auto flex shrink-0 gap-2">
            <Button
              onClick={() => {
                keptDraft.keep(owner, null);
                closeCreate();
              }}
            >
              {t('action.cancel')}
            </Button>
            <Button type="submit" form={formId} tone="primary" isPending={isPending} pendingLabel={t('new.pending')}>
              {t('new.submit')}
            </Button>
          </span>
        </>
      }
    >
      <NewAppointmentForm
        id={formId}
        locationId={location.id}
        zone={location.timezone}
        draft={draft}
        errors={errors}
        consent={hasTexts ? <ConsentCheckbox phone={phone} isAgreed={draft.agrees} onChange={(agrees) => setDraft({ ...draft, agrees })} /> : null}
        onChange={setDraft}
        onSubmit={send}
      />
      {overlap ? (
        <OverlapDialog
          collisions={overlap}
          zone={location.timezone}
          canOverride={canOverbook}
          isPending={isPending}
          onOverride={override}
          onClose={dismiss}
        />
      ) : null}
    </Dialog>
  );
}
