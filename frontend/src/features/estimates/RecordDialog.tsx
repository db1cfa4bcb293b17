import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import { choiceKey } from '@/lib/alternatives';
import { centsField, parseCents } from '@/lib/amounts';
import { errorWords } from '@/lib/error-words';
import { moneyText } from '@/lib/money';
import { formatPhone } from '@/lib/phone';
import { localDate, localTime } from '@/lib/time';
import type { DrawerData, Estimates, Job } from '@/types';
import type { EstimateActs } from './mutations';
import { estimateQueries } from './queries';
import { answersOf, needsOf, refusalsOf, requestOf, spokenGroups, withoutChanged, wrongOf, type Said, type Spoken } from './spoken';

interface RecordDialogProps {
  appointment: DrawerData['appointment'];
  jobs: readonly Job[];
  overview: Estimates;
  acts: EstimateActs;
  onClose: () => void;
}

/** What the customer said in person or by phone, with all that makes it evidence. */
export function RecordDialog({ appointment, jobs, overview, acts, onClose }: RecordDialogProps) {
  const form = useId();
  const { id, location } = appointment;
  const zone = location.timezone;
  const [said, setSaid] = useState<Spoken>(() => ({
    method: 'phone',
    answers: {},
    person: overview.customerName ?? '',
    phone: formatPhone(overview.customerPhone),
    day: localDate(Date.now(), zone),
    time: localTime(Date.now(), zone),
    parts: '',
    labor: '',
    total: '',
    cap: '',
    words: '',
  }));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const answers = answersOf(said);
  const approves = answers.some((one) => one.decision === 'approved');
  const { data: sums } = useQuery(estimateQueries.sums(id, answers.map(({ jobId, decision }) => ({ jobId, decision }))));
  const change = (part: Partial<Spoken>): void => {
    setSaid((now) => ({ ...now, ...part }));
    setErrors((now) => withoutChanged(now, part));
  };
  const byPhone = said.method === 'phone';

  const submit = (): void => {
    const needs = needsOf(said, zone, Date.now());
    setErrors(needs);
    if (Object.keys(needs).length > 0) return;
    acts.record(requestOf(said, zone)).then(
      () => {
        toast({ tone: 'success', title: t('estimate.record.done') });
        onClose();
      },
      (error: unknown) => {
        const refused = error instanceof ApiError ? refusalsOf(error.fields, said) : {};
        setErrors(Object.keys(refused).length ? refused : { form: errorWords(error) });
      },
    );
  };
  const text = (name: 'person' | 'phone' | 'cap' | 'addedParts' | 'addedLabor' | 'newTotal', part: keyof Spoken, label: string, isMoney = false) => (
    <Field label={label} error={errors[name]}>
      {(control) => <Input {...control} {...(isMoney ? { inputMode: 'decimal' as const } : {})} value={String(said[part])} onChange={(event) => change({ [part]: event.target.value })} />}
    </Field>
  );

  return (
    <Dialog
      title={t('estimate.record.title')}
      size="lg"
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={form} tone="primary" isPending={acts.isPending} pendingLabel={t('action.saving')}>
            {t('estimate.record.save')}
          </Button>
        </>
      }
    >
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- looks at what a field that is left holds */}
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        // What is wrong is said while the customer is still on the phone, not after all is filled in.
        onBlur={() => setErrors((now) => ({ ...now, ...wrongOf(said, zone, Date.now()) }))}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div role="group" aria-label={t('estimate.record.method')} className="grid grid-cols-2 gap-1 rounded-control border border-line p-1">
          {(['phone', 'in_person'] as const).map((method) => (
            <button
              key={method}
              type="button"
              aria-pressed={method === said.method}
              className={clsx('min-h-8 rounded-chip px-2 font-medium pointer-coarse:min-h-11', method === said.method ? 'bg-info-soft text-info' : 'text-muted hover:text-ink')}
              onClick={() => change({ method })}
            >
              {t(`estimate.record.${method}`)}
            </button>
          ))}
        </div>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-xs font-medium text-muted">{t('estimate.record.jobs')}</legend>
          {spokenGroups(jobs).map((group) => {
            const [job] = group;
            if (!job) return null;
            const key = choiceKey(job);
            return (
              <JobAnswer
                key={key}
                group={group}
                currency={location.currency}
                answer={said.answers[key] ?? { jobId: job.id, decision: '', reason: '' }}
                errors={{ decision: errors[`${key}.decision`], reason: errors[`${key}.reason`] }}
                onChange={(answer) => change({ answers: { ...said.answers, [key]: answer } })}
              />
            );
          })}
          {errors.answers ? <p className="text-xs font-medium text-danger">{errors.answers}</p> : null}
        </fieldset>
        <div className="grid gap-3 sm:grid-cols-2">
          {text('person', 'person', t('estimate.record.person'))}
          {byPhone ? text('phone', 'phone', t('estimate.record.number')) : null}
          <Field label={t('estimate.record.day')} error={errors.saidAt}>
            {(control) => <Input {...control} type="date" value={said.day} onChange={(event) => change({ day: event.target.value })} />}
          </Field>
          <Field label={t('estimate.record.time')}>
            {(control) => <Input {...control} type="time" value={said.time} onChange={(event) => change({ time: event.target.value })} />}
          </Field>
        </div>
        {approves && sums ? <Limit totalCents={sums.newTotalCents} capCents={parseCents(said.cap) ?? overview.spendingCapCents} currency={location.currency} /> : null}
        {byPhone && approves ? (
          <div className="flex flex-col gap-2 rounded-panel bg-sunken p-3">
            {sums ? (
              <p className="flex flex-wrap items-center justify-between gap-2">
                <span className="min-w-0 flex-1">
                  {t('estimate.record.sums', {
                    parts: moneyText(sums.addedPartsCents, location.currency),
                    labor: moneyText(sums.addedLaborCents, location.currency),
                    total: moneyText(sums.newTotalCents, location.currency),
                  })}
                </span>
                <Button size="sm" onClick={() => change({ parts: centsField(sums.addedPartsCents), labor: centsField(sums.addedLaborCents), total: centsField(sums.newTotalCents) })}>
                  {t('estimate.record.fill')}
                </Button>
              </p>
            ) : null}
            <div className="grid gap-3 sm:grid-cols-3">
              {text('addedParts', 'parts', t('estimate.record.parts'), true)}
              {text('addedLabor', 'labor', t('estimate.record.labor'), true)}
              {text('newTotal', 'total', t('estimate.record.total'), true)}
            </div>
            <p className="text-xs text-muted">{t('estimate.record.evidence')}</p>
          </div>
        ) : null}
        <div className="grid gap-3 sm:grid-cols-2">
          {text('cap', 'cap', t('estimate.record.cap'), true)}
          <Field label={t('estimate.record.words')}>
            {(control) => <TextArea {...control} rows={2} value={said.words} onChange={(event) => change({ words: event.target.value })} />}
          </Field>
        </div>
        {errors.form ? (
          <p role="alert" className="font-medium text-danger">
            {errors.form}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}

/** The new total beside the customer's limit: who goes above it must say so while the customer is on the phone. */
function Limit({ totalCents, capCents, currency }: { totalCents: number; capCents: number | null; currency: string }) {
  if (capCents === null) return null;
  const over = totalCents - capCents;
  const money = { total: moneyText(totalCents, currency), cap: moneyText(capCents, currency) };
  return (
    <p role="status" className={clsx('rounded-control px-3 py-2', over > 0 ? 'bg-danger-soft text-danger' : 'bg-sunken')}>
      {over > 0 ? t('estimate.record.limit.over', { ...money, over: moneyText(over, currency) }) : t('estimate.record.limit', money)}
    </p>
  );
}

interface JobAnswerProps {
  /** A job, or alternatives of which one is done. */
  group: readonly Job[];
  currency: string;
  answer: Said;
  errors: Record<'decision' | 'reason', string | undefined>;
  onChange: (answer: Said) => void;
}

const priced = ({ name, totalCents, isPriced }: Job, currency: string): string =>
  !isPriced ? t('estimate.record.unpriced', { name }) : totalCents === undefined ? name : `${name} · ${moneyText(totalCents, currency)}`;

function JobAnswer({ group, currency, answer, errors, onChange }: JobAnswerProps) {
  const [first] = group;
  const isChoice = group.length > 1;
  const choose = (value: string): void => {
    const approved = group.find((job) => value === `approved ${job.id}`);
    onChange({ ...answer, jobId: approved?.id ?? first?.id ?? '', decision: approved ? 'approved' : value === 'declined' ? 'declined' : '' });
  };
  return (
    <div className="grid items-start gap-2 sm:grid-cols-2">
      <Field label={isChoice ? t('estimate.record.choice', { names: group.map((job) => job.name).join(', ') }) : group.map((job) => priced(job, currency)).join()} error={errors.decision}>
        {(control) => (
          <Select {...control} value={answer.decision === 'approved' ? `approved ${answer.jobId}` : answer.decision} onChange={(event) => choose(event.target.value)}>
            <option value="">{t('estimate.record.open')}</option>
            {group.map((job) => (
              <option key={job.id} value={`approved ${job.id}`} disabled={!job.isPriced}>
                {isChoice ? t('estimate.record.approved.one', { name: priced(job, currency) }) : t('estimate.record.approved')}
              </option>
            ))}
            <option value="declined">{t('estimate.record.declined')}</option>
          </Select>
        )}
      </Field>
      {answer.decision === 'declined' ? (
        <Field label={t('estimate.record.reason')} error={errors.reason}>
          {(control) => <Input {...control} value={answer.reason} onChange={(event) => onChange({ ...answer, reason: event.target.value })} />}
        </Field>
      ) : null}
    </div>
  );
}
