import { useId, useRef, useState, type Ref } from 'react';
import { Input } from '@/components/ui/Input';
import { moneyText } from '@/lib/money';
import { Refusal, send, type Estimate, type VisitPage } from './api';
import { approving, capOf, chosenOf, isOpen, reasonId, sumOf, withoutReason, type Group, type Picks } from './choices';
import { Known } from './Known';
import { Act, Note } from './parts';
import { say } from './say';

interface SignProps {
  ref: Ref<HTMLElement>;
  page: VisitPage;
  estimate: Estimate;
  groups: Group[];
  picks: Picks;
  onAnswered: (page: VisitPage) => void;
  /** The shop changed the estimate meanwhile: this is the new one. */
  onChanged: (page: VisitPage) => void;
  /** They tried to sign while these groups were declined without a word why. */
  onTried: (unexplained: readonly string[]) => void;
  show: (page: VisitPage) => void;
}

type Faults = Partial<Record<'picks' | 'name' | 'cap' | 'server', string>>;

/** What is about to be said, all at once, signed with a typed name. */
export function Sign({ ref, page, estimate, groups, picks, onAnswered, onChanged, onTried, show }: SignProps) {
  const id = useId();
  const [name, setName] = useState('');
  const [cap, setCap] = useState('');
  const [faults, setFaults] = useState<Faults>({});
  const [isSending, setIsSending] = useState(false);
  const [mustBeKnown, setMustBeKnown] = useState(false);
  const key = useRef<{ body: string; key: string } | null>(null);
  const { currency, name: shopName } = page.shop;
  const approved = approving(groups, picks);
  const declined = groups.filter((group) => picks[group.key]?.decision === 'declined');
  const open = groups.filter((group) => isOpen(group) && chosenOf(group).approval === 'pending' && !picks[group.key]);

  const limit = capOf(cap, currency);
  const faultsNow = (): Faults => ({
    ...(approved.length + declined.length ? {} : { picks: say('visit.sign.none') }),
    ...(name.trim() ? {} : { name: say('visit.sign.name.missing') }),
    ...('fault' in limit ? { cap: limit.fault } : {}),
  });

  const submit = async (): Promise<void> => {
    const found = faultsNow();
    setFaults(found);
    const unexplained = withoutReason(groups, picks).map((group) => group.key);
    onTried(unexplained);
    if (unexplained[0] !== undefined) {
      document.getElementById(reasonId(unexplained[0]))?.focus();
      return;
    }
    if (Object.keys(found).length) {
      document.getElementById(found.picks ? `${id}-title` : found.cap ? `${id}-cap` : `${id}-name`)?.focus();
      return;
    }
    const body = {
      documentHash: estimate.documentHash,
      name: name.trim(),
      spendingCapCents: 'cents' in limit ? limit.cents : null,
      answers: Object.values(picks).map(({ jobId, decision, reason, deferredUntil }) => ({
        jobId,
        decision,
        ...(decision === 'declined' ? { reason: reason.trim(), deferredUntil } : {}),
      })),
    };
    // The same answer has the same key, however often it is tapped; another answer is another.
    const text = JSON.stringify(body);
    if (key.current?.body !== text) key.current = { body: text, key: crypto.randomUUID() };
    setIsSending(true);
    try {
      onAnswered(await send<VisitPage>('decisions', body, key.current.key));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'step_up_required') setMustBeKnown(true);
      else if (error.code === 'estimate_changed' && error.body.page) onChanged(error.body.page as VisitPage);
      else {
        const tooLow = error.of('spendingCapCents');
        setFaults(tooLow ? { cap: tooLow } : { server: error.message || say('visit.offline.detail') });
        if (tooLow) document.getElementById(`${id}-cap`)?.focus();
      }
    } finally {
      setIsSending(false);
    }
  };

  return (
    <section ref={ref} aria-labelledby={`${id}-title`} className="flex scroll-mt-4 flex-col gap-3 rounded-panel border border-line bg-surface p-4">
      <h2 id={`${id}-title`} tabIndex={-1} className="text-lg font-semibold">
        {say('visit.sign')}
      </h2>
      <Listed title={say('visit.sign.approving')} items={approved.map((job) => ({ key: job.id, name: job.name, money: moneyText(job.totalCents, currency) }))} />
      <Listed title={say('visit.sign.declining')} items={declined.map((group) => ({ key: group.key, name: chosenOf(group).name, money: picks[group.key]?.reason ?? '' }))} />
      {approved.length ? (
        <p className="flex justify-between gap-4 border-t border-line pt-2 text-lg font-semibold">
          <span>{say('visit.total')}</span>
          <span className="tabular">{moneyText(sumOf(approved), currency)}</span>
        </p>
      ) : null}
      {open.length ? <p className="text-sm text-muted">{say('visit.sign.open', { count: open.length })}</p> : null}
      <form
        className="flex flex-col gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Typed id={`${id}-cap`} label={say('visit.sign.cap')} value={cap} fault={faults.cap} inputMode="decimal"
          onChange={(value) => {
            setCap(value);
            setFaults((now) => Object.fromEntries(Object.entries(now).filter(([field]) => field !== 'cap')));
          }}
        />
        {estimate.spendingCapCents !== null ? <p className="text-sm text-muted">{say('visit.sign.cap.kept', { money: moneyText(estimate.spendingCapCents, currency) })}</p> : null}
        <Typed id={`${id}-name`} label={say('visit.sign.name')} value={name} fault={name.trim() ? undefined : faults.name} autoComplete="name" onChange={setName} />
        <p className="text-sm text-muted">{say('visit.sign.legal', { shop: shopName })}</p>
        {[approved.length + declined.length > 0 ? undefined : faults.picks, faults.server].map((fault, index) =>
          fault ? (
            <Note key={index} tone="danger" isAlert>
              {fault}
            </Note>
          ) : null,
        )}
        <Act type="submit" tone="primary" disabled={isSending}>
          {say(isSending ? 'visit.sign.sending' : 'visit.sign.submit')}
        </Act>
      </form>
      {mustBeKnown && !page.isKnown ? (
        <Known
          page={page}
          why={say('visit.known.why.cap', { money: moneyText(estimate.linkCapCents, currency) })}
          show={show}
          onKnown={() => {
            setMustBeKnown(false);
            void submit();
          }}
        />
      ) : null}
    </section>
  );
}

function Listed({ title, items }: { title: string; items: { key: string; name: string; money: string }[] }) {
  if (!items.length) return null;
  return (
    <div>
      <h3 className="text-sm font-semibold text-muted">{title}</h3>
      <ul role="list">
        {items.map((item) => (
          <li key={item.key} className="flex justify-between gap-4 py-1">
            <span className="min-w-0">{item.name}</span>
            <span className="text-right tabular">{item.money}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface TypedProps {
  id: string;
  label: string;
  value: string;
  fault: string | undefined;
  onChange: (value: string) => void;
  inputMode?: 'decimal';
  autoComplete?: string;
}

function Typed({ id, label, value, fault, onChange, ...rest }: TypedProps) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <Input
        id={id}
        maxLength={200}
        className="h-12 text-base"
        value={value}
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? `${id}-fault` : undefined}
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
      {fault ? (
        <p id={`${id}-fault`} className="font-medium text-danger">
          {fault}
        </p>
      ) : null}
    </div>
  );
}
