import { clsx } from 'clsx';
import { Gauge } from 'lucide-react';
import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { Dialog } from '@/components/ui/Dialog';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { Vehicle, Visit } from '@/offline/types';
import { act } from './act';
import { readOdometer } from './acts';
import { bigClasses } from './big';
import { ConflictChoice } from './ConflictChoice';
import { useOnce } from './once';
import { doubtOf, parseMiles } from './points';
import { StateMark } from './StateMark';
import { useWork } from './work';

/** What the car shows: read here, and in the shop as soon as there is a network. */
export function Odometer({ visit, vehicle }: { visit: Visit; vehicle: Vehicle }) {
  const { operations, sending } = useWork();
  const id = useId();
  const once = useOnce();
  // The car as it stood there when the first digit was typed: what somebody writes meanwhile is told, not overwritten.
  const [draft, setDraft] = useState<{ text: string; seen: Vehicle } | null>(null);
  const [isWrong, setWrong] = useState(false);
  const [isChoosing, setChoosing] = useState(false);
  const own = operations.filter((one) => one.kind === 'odometer' && one.about.appointmentId === visit.id);
  const parked = own.find((one) => one.error !== null && one.error.conflicts.length > 0);
  const isRefused = own.some((one) => one.error !== null);
  const state = parked ? 'conflict' : isRefused ? 'refused' : own.some((one) => sending.has(one.id)) ? 'sending' : own.length > 0 ? 'here' : null;
  const [isTold, setTold] = useState(false);
  const [doubted, setDoubted] = useState<{ miles: number; why: 'lower' | 'higher' } | null>(null);

  const write = (miles: number): void =>
    once('odometer', async () => {
      if (!draft || !(await act(readOdometer(visit, draft.seen, miles)))) return;
      setDraft(null);
      setTold(true);
      announce(t('tablet.odometer.saved', { count: miles }));
    });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const miles = draft ? parseMiles(draft.text) : null;
    setWrong(miles === null);
    if (!draft || miles === null) {
      document.getElementById(id)?.focus();
      return;
    }
    const why = doubtOf(miles, vehicle.mileage);
    if (why) setDoubted({ miles, why });
    else write(miles);
  };
  const last = vehicle.mileage === null ? t('tablet.odometer.none') : t('tablet.odometer.last', { count: vehicle.mileage });
  return (
    <section aria-label={t('tablet.odometer')} className="flex flex-col gap-2 rounded-panel border border-line bg-surface p-4">
      <form noValidate onSubmit={onSubmit} className="flex flex-col gap-2">
        <label htmlFor={id} className="text-base font-semibold">
          {t('tablet.odometer.label')}
        </label>
        <div className="flex items-stretch gap-3">
          <Input
            id={id}
            inputMode="numeric"
            autoComplete="off"
            enterKeyHint="done"
            maxLength={11}
            value={draft?.text ?? ''}
            aria-invalid={isWrong || undefined}
            aria-describedby={`${id}-last`}
            className="tabular h-14! min-w-0 flex-1 text-xl! font-semibold"
            onChange={(event) => {
              const { value } = event.target;
              setWrong(false);
              setDraft((before) => (value === '' ? null : { text: value, seen: before?.seen ?? vehicle }));
            }}
          />
          <button type="submit" className={bigClasses('plain')}>
            <Gauge aria-hidden size={22} />
            {t('tablet.odometer.save')}
          </button>
        </div>
        <p id={`${id}-last`} className={clsx('text-base', isWrong && 'font-medium text-danger')}>
          {isWrong ? t('tablet.odometer.wrong') : last}
        </p>
      </form>
      {state !== null || isTold ? <StateMark state={state} /> : null}
      {parked ? (
        <button type="button" className={bigClasses('danger', 'self-start')} onClick={() => setChoosing(true)}>
          {t('tablet.queue.choose')}
        </button>
      ) : null}
      {doubted === null ? null : (
        <Dialog
          title={t('tablet.odometer.ask.title', { count: doubted.miles })}
          size="sm"
          onClose={() => setDoubted(null)}
          footer={
            <>
              <button type="button" data-autofocus className={bigClasses('plain')} onClick={() => setDoubted(null)}>
                {t('tablet.odometer.ask.no')}
              </button>
              <button
                type="button"
                className={bigClasses('primary')}
                onClick={() => {
                  setDoubted(null);
                  write(doubted.miles);
                }}
              >
                {t('tablet.odometer.ask.yes')}
              </button>
            </>
          }
        >
          <p className="text-base">{t(`tablet.odometer.${doubted.why}`, { count: vehicle.mileage ?? 0 })}</p>
        </Dialog>
      )}
      {isChoosing && parked ? <ConflictChoice operation={parked} onClose={() => setChoosing(false)} /> : null}
    </section>
  );
}
