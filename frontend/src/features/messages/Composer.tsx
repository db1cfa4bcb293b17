import { clsx } from 'clsx';
import { LayoutTemplate, Pencil, SendHorizontal, X } from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
import { Suspense, lazy, useEffect, useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { IconButton } from '@/components/ui/IconButton';
import { Input, TextArea } from '@/components/ui/Input';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { fieldNames, valuesMissing, verdictWords } from '@/lib/message-words';
import type { Channel, MessagePreview } from '@/types';
import { AsItArrives, ComposedNotes, SegmentCount } from './ComposedText';
import { OtherWays } from './OtherWays';
import type { Place } from './place';
import { useComposer } from './useComposer';
import { VerdictLine } from './VerdictLine';

// Not what one begins with; templates are there before somebody asks for them by a key and types on.
const loadTemplates = () => import('./TemplatePicker');
const AnsweredDialog = lazy(() => import('./AnsweredDialog').then((module) => ({ default: module.AnsweredDialog })));
const TemplatePicker = lazy(() => loadTemplates().then((module) => ({ default: module.TemplatePicker })));

interface ComposerProps {
  place: Place;
  locationId: string;
  zone: string;
  /** The customer's number; null when there is none. */
  phone: string | null;
  /** The newest text that was there when the thread was opened. */
  seenRef: RefObject<string | null>;
  /** Opens what holds a missing value; null where there is nothing to open. */
  onFill: ((field: string) => void) | null;
  /** Told whether somebody is writing here: the cursor is in it, or something is typed. */
  onWriting: (isWriting: boolean) => void;
  onSent: () => void;
}

/** The server takes no more of either kind. */
const LONGEST = 1600;

const CHANNELS: readonly Channel[] = ['sms', 'email'];

/** Writes to the customer: the exact text, its length, and the verdict beside the button. */
export function Composer({ place, locationId, zone, phone, seenRef, onFill, onWriting, onSent }: ComposerProps) {
  const id = useId();
  const mayOverride = useCan('message:override_quiet_hours');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => void loadTemplates().catch(() => undefined), []);
  const [open, setOpen] = useState<'templates' | 'override' | null>(null);
  const composer = useComposer(place, zone, seenRef, () => {
    setOpen(null);
    onSent();
    field.current?.focus();
  });
  const { draft, preview, isEmpty } = composer;
  const isSms = draft.channel === 'sms';
  // An answer from before says nothing once the sender can't be asked.
  const verdict = composer.checkError ? null : (preview?.verdict ?? null);
  const isBlocked = !isEmpty && preview !== null && (verdict?.kind === 'refused' || preview.missing.length > 0 || preview.findings.length > 0);
  const [isFocused, setFocused] = useState(false);
  const isWriting = isFocused || !isEmpty;
  useEffect(() => {
    onWriting(isWriting);
    return () => onWriting(false);
  }, [isWriting, onWriting]);
  const bodyError = composer.fieldErrors.body?.[0];
  useEffect(() => {
    // Opened straight at its texts, as by the board's key: nothing else has the focus yet. Under a finger that would only
    // raise the keyboard.
    const active = document.activeElement;
    if (matchMedia('(pointer: fine)').matches && (active === document.body || active?.role === 'dialog')) field.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (bodyError) field.current?.focus();
  }, [bodyError]);

  const send = (): void => {
    // A silent button teaches nothing: what stands beside it is said.
    if (verdict?.kind === 'refused') announce(verdictWords(verdict, zone));
    else if (isBlocked) document.getElementById(`${id}-notes`)?.querySelector<HTMLElement>('button')?.focus();
    else composer.send();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    // The dialogs stand beside the form: what is submitted in one would be heard by it, as React's events climb.
    <>
      {/* Ctrl-Enter sends from any field; the form itself is no control. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form
        aria-label={t('composer.label')}
        noValidate
        data-composer
        className="flex max-h-[65%] shrink-0 flex-col gap-2 overflow-y-auto border-t border-line px-4 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onKeyDown={onKeyDown}
        onFocus={({ target }) => setFocused(target.matches('textarea, input'))}
        onBlur={() => setFocused(false)}
      >
        <div className="flex flex-wrap items-center gap-2">
          {place.kind === 'job' ? <ChannelChoice channel={draft.channel} onChange={(channel) => composer.change({ channel, templateId: null })} /> : null}
          <Button size="sm" icon={<LayoutTemplate size={16} aria-hidden />} onClick={() => setOpen('templates')}>
            {t('composer.template')}
          </Button>
          <span className="ml-auto">{preview && !isEmpty && isSms ? <SegmentCount preview={preview} /> : null}</span>
        </div>
        {isSms || draft.templateId ? null : (
          <Field label={t('composer.subject')} error={composer.fieldErrors.subject?.[0]}>
            {(control) => (
              <Input {...control} autoComplete="off" maxLength={200} value={draft.subject} onChange={(event) => composer.change({ subject: event.target.value })} />
            )}
          </Field>
        )}
        {draft.templateId ? (
          <TemplateText composer={composer} isSms={isSms} onEdit={() => window.setTimeout(() => field.current?.focus())} />
        ) : (
          <>
            <TextArea
              ref={field}
              data-composer-text
              aria-label={t('composer.body')}
              aria-invalid={bodyError ? true : undefined}
              aria-describedby={bodyError ? `${id}-error` : `${id}-verdict`}
              rows={2}
              maxLength={LONGEST}
              placeholder={t(isSms ? 'composer.body.hint' : 'composer.body.email')}
              className="field-sizing-content max-h-48 min-h-15 resize-none"
              value={draft.body}
              onChange={(event) => composer.change({ body: event.target.value })}
            />
            {bodyError ? (
              <p id={`${id}-error`} className="text-xs font-medium text-danger">
                {bodyError}
              </p>
            ) : null}
            {preview && !isEmpty && isSms ? <AsItArrives preview={preview} typed={draft.body} /> : null}
          </>
        )}
        {preview && !isEmpty ? (
          <div id={`${id}-notes`} className="empty:hidden">
            <ComposedNotes preview={preview} onFill={onFill} />
          </div>
        ) : null}
        <OtherWays
          verdict={isSms ? verdict : null}
          phone={phone}
          onAddPhone={onFill ? () => onFill('customer_phone') : null}
          onEmail={place.kind === 'job' ? () => composer.change({ channel: 'email', templateId: null }) : null}
        />
        <div className="flex items-center gap-2">
          {composer.failure ? (
            // In the verdict's place: what was refused does not go now.
            <p id={`${id}-verdict`} role="alert" className="min-w-0 flex-1 rounded-control bg-danger-soft px-2.5 py-1.5 font-medium text-danger">
              {composer.failure}
            </p>
          ) : (
            <VerdictLine id={`${id}-verdict`} verdict={verdict} zone={zone} error={composer.checkError} blocked={isBlocked && preview ? blockedWords(preview) : null} />
          )}
          {verdict?.canOverride && mayOverride && !isEmpty && verdict.kind === 'held' ? (
            <Button size="sm" tone="ghost" onClick={() => setOpen('override')}>
              {t('composer.override')}
            </Button>
          ) : null}
          <Button
            type="submit"
            tone="primary"
            icon={<SendHorizontal size={16} aria-hidden />}
            isPending={composer.isSending}
            pendingLabel={t('composer.sending')}
            aria-disabled={isBlocked || (verdict?.kind === 'refused') || undefined}
            aria-describedby={`${id}-verdict`}
          >
            {t('composer.send')}
          </Button>
        </div>
      </form>
      <Suspense fallback={null}>
        {open === 'templates' ? (
          <TemplatePicker
            place={place}
            locationId={locationId}
            channel={draft.channel}
            onClose={() => setOpen(null)}
            onChoose={(template) => {
              setOpen(null);
              composer.useTemplate(template);
            }}
          />
        ) : null}
        {composer.answered ? (
          <AnsweredDialog
            theirs={composer.answered}
            yours={draft.templateId ? (preview?.text ?? '') : draft.body}
            zone={zone}
            isPending={composer.isSending}
            onSend={composer.sendToo}
            onClose={composer.leaveIt}
          />
        ) : null}
      </Suspense>
      {open === 'override' && verdict ? (
        <ReasonDialog
          title={t('composer.override.title')}
          lead={t('composer.override.lead', { verdict: `${verdictWords(verdict, zone)}.` })}
          submitLabel={t('composer.override.submit')}
          isPending={composer.isSending}
          onSubmit={(reason) => composer.send({ reason })}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}

/** What a text lacks or has too much of, in few words: the notes above say the rest. */
function blockedWords(preview: MessagePreview): string | null {
  const { findings } = preview;
  const missing = valuesMissing(preview);
  if (missing.length > 0) return t('verdict.blocked.missing', { fields: fieldNames(missing) });
  return findings.length > 0 ? t('verdict.blocked.finding') : null;
}

function ChannelChoice({ channel, onChange }: { channel: Channel; onChange: (channel: Channel) => void }) {
  return (
    <div role="group" aria-label={t('composer.channel')} className="inline-flex rounded-control border border-line p-0.5">
      {CHANNELS.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === channel}
          onClick={() => onChange(one)}
          className={clsx(
            'h-6.5 rounded-[6px] px-2.5 text-xs font-medium pointer-coarse:h-10 pointer-coarse:min-w-11',
            one === channel ? 'bg-info-soft text-info' : 'text-muted hover:text-ink',
          )}
        >
          {t(`messages.channel.${one}`)}
        </button>
      ))}
    </div>
  );
}

/** A template as this customer gets it; its words can be taken over and changed. */
function TemplateText({ composer, isSms, onEdit }: { composer: ReturnType<typeof useComposer>; isSms: boolean; onEdit: () => void }) {
  const { preview } = composer;
  return (
    <div className="rounded-control border border-line-strong bg-surface">
      <div className="flex items-center gap-1 border-b border-line pl-3">
        <span className="min-w-0 flex-1 truncate text-xs text-muted">
          {[t('composer.arrives'), preview?.footer && isSms ? t('composer.footer') : ''].filter(Boolean).join(', ')}
        </span>
        <IconButton
          icon={Pencil}
          size="sm"
          label={t('composer.template.edit')}
          onClick={() => {
            composer.editTemplate();
            onEdit();
          }}
        />
        <IconButton icon={X} size="sm" label={t('composer.template.drop')} onClick={() => composer.change({ templateId: null, body: '' })} />
      </div>
      {preview?.subject ? <p className="px-3 pt-2 font-semibold break-words">{preview.subject}</p> : null}
      <p data-arrives className="px-3 py-2 break-words whitespace-pre-wrap">
        {preview?.text ?? t('composer.checking')}
      </p>
    </div>
  );
}
