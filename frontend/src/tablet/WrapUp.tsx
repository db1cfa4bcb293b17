import { clsx } from 'clsx';
import { CarFront } from 'lucide-react';
import { useState } from 'react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { SIGNS } from '@/lib/inspection-answers';
import { useNow } from '@/lib/now';
import { MINUTE } from '@/lib/time';
import type { Check, Job, Visit } from '@/offline/types';
import { act } from './act';
import { tellOutcome, testDrive } from './acts';
import { BadCheck } from './BadCheck';
import { bigClasses } from './big';
import { ConflictChoice } from './ConflictChoice';
import { NoteField } from './NoteField';
import { useOnce } from './once';
import { StateMark } from './StateMark';
import { keeper, useWork } from './work';

/** The end of a job: what it was, what was done about it. Both save themselves. */
export function Outcome({ visit, job }: { visit: Visit; job: Job }) {
  const { states, operations } = useWork();
  const [isOpen, setOpen] = useState(job.cause !== null || job.correction !== null);
  const [isChoosing, setChoosing] = useState(false);
  const parked = operations.find((one) => one.about.jobId === job.id && one.error !== null && one.error.conflicts.length > 0);
  if (!isOpen) {
    return (
      <button type="button" className={bigClasses('plain', 'border')} aria-label={t('tablet.outcome.open.job', { job: job.name })} onClick={() => setOpen(true)}>
        {t('tablet.outcome.open')}
      </button>
    );
  }
  return (
    <div role="group" aria-label={t('tablet.outcome.open.job', { job: job.name })} className="flex w-full flex-col gap-2">
      <NoteField label={t('tablet.outcome.cause')} value={job.cause} isDisabled={false} onSave={(cause) => keeper.add(tellOutcome(visit, job, { cause }))} />
      <NoteField label={t('tablet.outcome.correction')} value={job.correction} isDisabled={false} onSave={(correction) => keeper.add(tellOutcome(visit, job, { correction }))} />
      {states.has(job.id) ? <StateMark state={states.get(job.id)} /> : null}
      {parked ? (
        <button type="button" className={bigClasses('danger', 'self-start')} onClick={() => setChoosing(true)}>
          {t('tablet.queue.choose')}
        </button>
      ) : null}
      {isChoosing && parked ? <ConflictChoice operation={parked} onClose={() => setChoosing(false)} /> : null}
    </div>
  );
}

function checkWords({ kind, isPassed, checkedBy }: Check): string {
  const values = { name: checkedBy };
  if (kind === 'test_drive') return t(isPassed ? 'tablet.drive.by.good' : 'tablet.drive.by.bad', values);
  return t(isPassed ? 'tablet.look.good' : 'tablet.look.bad', values);
}

/** Who drives twice within a minute has tapped twice: there is no way to take a test drive back. */
const SAME_DRIVE = MINUTE;

/** Test drives and looks at the finished work; who did the work drives, somebody else looks at it. */
export function TestDrive({ visit }: { visit: Visit }) {
  const { person } = useWork();
  const now = useNow();
  const once = useOnce();
  const [isBad, setBad] = useState(false);
  const own = visit.checks.findLast((check) => check.kind === 'test_drive' && check.checkedBy === person?.name);
  const isJustDone = own !== undefined && now - Date.parse(own.checkedAt) < SAME_DRIVE;
  const tell = (isPassed: boolean, note: string | null): void =>
    once('drive', async () => {
      if (person && (await act(testDrive(visit, isPassed, note, person.name)))) announce(t('tablet.drive.told'));
    });
  return (
    <section aria-label={t('tablet.drive')} className="flex flex-col gap-2">
      <h2 className="px-1 text-base font-semibold">{t('tablet.drive')}</h2>
      <ul role="list" className="flex flex-col gap-1 px-1">
        {visit.checks.map((check) => {
          const Icon = check.isPassed ? SIGNS.pass : SIGNS.fail;
          return (
            <li key={check.id} className={clsx('flex items-start gap-2 text-base', check.isPassed ? 'text-success' : 'text-danger')}>
              <Icon aria-hidden size={20} className="mt-0.5 shrink-0" />
              <span>
                {checkWords(check)}
                {check.note ? <span className="block text-sm">{check.note}</span> : null}
              </span>
            </li>
          );
        })}
      </ul>
      <div className="grid grid-cols-2 gap-3">
        <button type="button" aria-disabled={isJustDone} className={bigClasses('plain', 'text-sm')} onClick={() => (isJustDone ? undefined : tell(true, null))}>
          <CarFront aria-hidden className="shrink-0 text-success" />
          {t('tablet.drive.good')}
        </button>
        <button type="button" aria-disabled={isJustDone} className={bigClasses('plain', 'text-sm')} onClick={() => (isJustDone ? undefined : setBad(true))}>
          <CarFront aria-hidden className="shrink-0 text-danger" />
          {t('tablet.drive.bad')}
        </button>
      </div>
      {isBad ? <BadCheck title={t('tablet.drive.bad')} onTell={(note) => tell(false, note)} onClose={() => setBad(false)} /> : null}
    </section>
  );
}
