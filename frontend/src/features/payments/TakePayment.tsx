import { ChevronDown } from 'lucide-react';
import type { KeyboardEvent, SubmitEvent } from 'react';
import { useRef, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Toggle } from '@/components/ui/Toggle';
import { toast } from '@/components/ui/toast-store';
import { hasWord, t } from '@/i18n/t';
import { centsFault } from '@/lib/amount-words';
import { centsField, parseCents } from '@/lib/amounts';
import { announce } from '@/lib/announce';
import { moneyText } from '@/lib/money';
import { useNow } from '@/lib/now';
import { formatDay, localDate } from '@/lib/time';
import type { Entered, Ledger, NewPayment, PaymentMethod } from '@/types';
import { METHODS, TAKEN } from './amount';
import { MethodChoice } from './MethodChoice';
import { useRecordPayment } from './mutations';
import { Refusal } from './Refusal';

interface Details {
  isDeposit: boolean;
  reference: string;
  note: string;
  day: string;
}

const NONE: Details = { isDeposit: false, reference: '', note: '', day: '' };

/** Takes money: the balance stands there already, a letter picks the method, Enter records. */
export function TakePayment({ visit, isOffline }: { visit: Ledger['appointment']; isOffline: boolean }) {
  const { balanceCents: balance, currency, timezone, booksDay } = visit;
  const record = useRecordPayment(visit.id);
  const [typed, setTyped] = useState<string | null>(null);
  const [method, setMethod] = useState<PaymentMethod>('card');
  const [details, setDetails] = useState(NONE);
  const [isOpen, setOpen] = useState(false);
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const [refused, setRefused] = useState<{ error: unknown; body: NewPayment } | null>(null);
  const [isSending, setSending] = useState(false);
  const today = localDate(useNow(), timezone);
  const isTodayClosed = booksDay > today;
  const field = useRef<HTMLInputElement>(null);
  const isBusy = useRef(false);
  // A second press of what has just recorded records nothing, neither the same again nor the rest, until an amount or a
  // method is chosen anew.
  const wasRecorded = useRef(false);

  const text = typed ?? (balance > 0 ? centsField(balance) : '');
  const cents = parseCents(text);
  const money = (amount: number): string => moneyText(amount, currency);
  const other: PaymentMethod = method === 'card' ? 'cash' : 'card';
  const rest = cents !== null && cents > 0 ? balance - cents : 0;
  /** What was refused or wrong is over once it is typed anew. */
  const forget = (...fields: string[]): void => {
    setRefused(null);
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !fields.includes(name))));
  };
  const set = (change: Partial<Details>): void => {
    setDetails({ ...details, ...change });
    forget('reference', 'note', 'accountingOn');
  };
  /** After a payment the rest stands there again once somebody asks for it. */
  const takeRest = (): void => {
    wasRecorded.current = false;
    setTyped(null);
    forget('amountCents');
  };
  const choose = (chosen: PaymentMethod): void => {
    setMethod(chosen);
    forget();
    if (wasRecorded.current) takeRest();
  };

  const tell = ({ amountCents, balanceCents, invoice, createdAt, accountingOn }: Entered): void => {
    const settled = balanceCents <= 0 && invoice?.isLocked;
    const isIssuedNow = invoice?.newest?.issuedAt === createdAt;
    const said = [
      settled ? t(isIssuedNow ? 'payments.recorded.settled' : 'payments.recorded.paid', { number: String(invoice.number) }) : '',
      balanceCents > 0 ? t('payments.recorded.owed', { amount: money(balanceCents) }) : '',
      accountingOn === localDate(createdAt, timezone) ? '' : t('payments.recorded.inBooks', { day: formatDay(accountingOn) }),
    ].filter(Boolean);
    toast({
      tone: 'success',
      title: t('payments.recorded', { amount: money(amountCents) }),
      ...(said.length > 0 ? { detail: said.join(' ') } : {}),
    });
  };

  /** Records one after the other; what was recorded stays when a later one is refused. */
  const send = async (bodies: readonly NewPayment[]): Promise<void> => {
    if (isBusy.current || isOffline) return;
    isBusy.current = true;
    setSending(true);
    setErrors({});
    setRefused(null);
    let done: Entered | null = null;
    for (const body of bodies) {
      try {
        done = await record.mutateAsync(body);
      } catch (error) {
        const fields = error instanceof ApiError ? error.fields : {};
        const marked = Object.fromEntries(Object.entries(fields).map(([name, messages]) => [name, messages[0] ?? '']));
        if (Object.keys(marked).length > 0) setErrors(marked);
        else setRefused({ error, body });
        if (done) toast({ tone: 'error', title: t('payments.recorded.halfway') });
        break;
      }
    }
    isBusy.current = false;
    setSending(false);
    if (!done) return;
    tell(done);
    wasRecorded.current = true;
    setTyped('');
    setDetails(NONE);
    setOpen(false);
    field.current?.focus();
  };

  const bodyOf = (amountCents: number): NewPayment => ({
    amountCents,
    method,
    isDeposit: details.isDeposit,
    ...(details.reference.trim() ? { reference: details.reference.trim() } : {}),
    ...(details.note.trim() ? { note: details.note.trim() } : {}),
    ...(details.day ? { accountingOn: details.day } : {}),
  });

  const submit = (withRest: boolean): void => {
    if (wasRecorded.current) {
      field.current?.focus();
      return;
    }
    const fault = centsFault(text, TAKEN, currency);
    if (cents === null || fault) {
      setErrors({ amountCents: fault });
      field.current?.focus();
      return;
    }
    // Both parts stand in the books of the same day; what is said of a card or a check is said of the one.
    const day = details.day ? { accountingOn: details.day } : {};
    void send(withRest ? [bodyOf(cents), { amountCents: rest, method: other, ...day }] : [bodyOf(cents)]);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const chosen = METHODS.find(({ letter }) => letter === event.key.toLowerCase());
    if (!chosen) return;
    event.preventDefault();
    choose(chosen.method);
    announce(t(`payments.method.${chosen.method}`));
  };

  const referenceWord = `payments.reference.${method}`;
  return (
    <form
      noValidate
      aria-label={t('payments.take')}
      className="flex flex-col gap-3"
      // What was refused is not what stands here any more: recording it anyway would enter the old amount.
      onChange={() => setRefused(null)}
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        submit(false);
      }}
    >
      <Field label={t('payments.amount')} error={errors.amountCents}>
        {(control) => (
          <Input
            {...control}
            ref={field}
            name="amountCents"
            inputMode="decimal"
            autoComplete="off"
            className="tabular max-w-48 text-lg font-semibold"
            value={text}
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => {
              wasRecorded.current = false;
              setTyped(event.target.value);
              forget('amountCents');
            }}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      {text === '' && balance > 0 ? (
        <div>
          <Button
            size="sm"
            onClick={() => {
              takeRest();
              field.current?.focus();
            }}
          >
            {t('payments.rest', { amount: money(balance) })}
          </Button>
        </div>
      ) : null}
      <MethodChoice method={method} onChoose={choose} />
      <p className="text-xs text-muted pointer-coarse:hidden">{t('payments.keys')}</p>
      <div>
        <Toggle isOn={details.isDeposit} onChange={(isDeposit) => set({ isDeposit })} label={t('payments.deposit')} />
        {details.isDeposit ? <p className="text-xs text-muted">{t('payments.deposit.hint')}</p> : null}
      </div>
      <div>
        <Button
          tone="ghost"
          size="sm"
          aria-expanded={isOpen}
          icon={<ChevronDown size={16} aria-hidden className={isOpen ? 'rotate-180' : ''} />}
          onClick={() => setOpen(!isOpen)}
        >
          {t('payments.more')}
        </Button>
        {isOpen ? (
          <div className="mt-2 grid gap-3 sm:grid-cols-2">
            <Field label={hasWord(referenceWord) ? t(referenceWord) : t('payments.reference')} error={errors.reference}>
              {(control) => <Input {...control} name="reference" autoComplete="off" maxLength={40} value={details.reference} onChange={(event) => set({ reference: event.target.value })} />}
            </Field>
            <Field label={t('payments.day')} hint={isTodayClosed ? t('payments.todayClosed', { day: formatDay(booksDay) }) : t('payments.day.hint')} error={errors.accountingOn}>
              {(control) => (
                <Input {...control} name="accountingOn" type="date" max={today} value={details.day} onChange={(event) => set({ day: event.target.value })} />
              )}
            </Field>
            <div className="sm:col-span-2">
              <Field label={t('payments.note')} error={errors.note}>
                {(control) => <Input {...control} name="note" autoComplete="off" maxLength={200} value={details.note} onChange={(event) => set({ note: event.target.value })} />}
              </Field>
            </div>
          </div>
        ) : null}
      </div>
      {isTodayClosed ? <p className="rounded-control bg-warning-soft px-3 py-2 text-ink">{t('payments.todayClosed', { day: formatDay(booksDay) })}</p> : null}
      {refused ? <Refusal {...refused} balance={balance} money={money} onSend={(body) => void send([body])} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" tone="primary" disabled={isOffline || isSending} isPending={isSending} pendingLabel={t('payments.recording')}>
          {cents ? t('payments.record', { amount: money(cents) }) : t('payments.record.none')}
        </Button>
        {/* Between the two parts the ledger is half of what it will be. */}
        {rest > 0 && !details.isDeposit && !isSending ? (
          <Button disabled={isOffline} onClick={() => submit(true)}>
            {t('payments.split', { amount: money(rest), method: t(`payments.by.${other}`) })}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
