import { clsx } from 'clsx';
import { CarFront, CircleCheck, OctagonAlert } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { TextArea } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Check, Job, Visit } from '@/offline/types';
import { act } from './act';
import { tellOutcome, testDrive } from './acts';
import { bigClasses } from './big';
import { ConflictChoice } from './ConflictChoice';
import { NoteField } from './NoteField';
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

/** Test drives and looks at the finished work; who did the work drives, somebody else looks at it at the desk. */
export function TestDrive({ visit }: { visit: Visit }) {
  const { person } = useWork();
  const [isBad, setBad] = useState(false);
  const tell = (isPassed: boolean, note: string | null): void => {
    if (person) void act(testDrive(visit, isPassed, note, person.name));
  };
  return (
    <section aria-label={t('tablet.drive')} className="flex flex-col gap-2">
      <h2 className="px-1 text-base font-semibold">{t('tablet.drive')}</h2>
      <ul role="list" className="flex flex-col gap-1 px-1">
        {visit.checks.map((check) => {
          const Icon = check.isPassed ? CircleCheck : OctagonAlert;
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
        <button type="button" className={bigClasses('plain', 'text-sm')} onClick={() => tell(true, null)}>
          <CarFront aria-hidden className="shrink-0 text-success" />
          {t('tablet.drive.good')}
        </button>
        <button type="button" className={bigClasses('plain', 'text-sm')} onClick={() => setBad(true)}>
          <CarFront aria-hidden className="shrink-0 text-danger" />
          {t('tablet.drive.bad')}
        </button>
      </div>
      {isBad ? <BadDrive onTell={(note) => tell(false, note)} onClose={() => setBad(false)} /> : null}
    </section>
  );
}

function BadDrive({ onTell, onClose }: { onTell: (note: string) => void; onClose: () => void }) {
  const [note, setNote] = useState('');
  const [isMissing, setMissing] = useState(false);
  return (
    <Dialog
      title={t('tablet.drive.bad')}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            tone="primary"
            onClick={() => {
              setMissing(note.trim() === '');
              if (note.trim() === '') return;
              onTell(note.trim());
              onClose();
            }}
          >
            {t('tablet.drive.save')}
          </Button>
        </>
      }
    >
      <Field label={t('tablet.drive.note')} error={isMissing ? t('tablet.drive.need') : undefined}>
        {(control) => <TextArea {...control} data-autofocus maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </Dialog>
  );
}
