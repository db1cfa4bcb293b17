import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { ToCheck } from '@/offline/types';
import { act } from './act';
import { qualityCheck } from './acts';
import { BadCheck } from './BadCheck';
import { bigClasses } from './big';
import { Frame } from './Frame';
import { useOnce } from './once';
import { useWork } from './work';

/** Somebody else's finished work, looked at before the car goes: what was done, and whether it is good. */
export function Look() {
  const { id } = useParams();
  const { day } = useWork();
  const work = day?.toCheck?.find((one) => one.id === id);
  if (!work) {
    return (
      <Frame title={t('tablet.toCheck')} back="/">
        <EmptyState icon={CircleCheck} title={t('tablet.look.none.title')} detail={t('tablet.look.none.detail')} />
      </Frame>
    );
  }
  return <Work key={work.id} work={work} />;
}

function Work({ work }: { work: ToCheck }) {
  const { person } = useWork();
  const navigate = useNavigate();
  const once = useOnce();
  const [isBad, setBad] = useState(false);
  const car = work.vehicle ?? `#${work.number}`;
  const tell = (isPassed: boolean, note: string | null): void =>
    once('tell', async () => {
      if (!person || !(await act(qualityCheck(work, isPassed, note, person.name)))) return;
      announce(t(isPassed ? 'tablet.look.told.good' : 'tablet.look.told.bad', { car }));
      void navigate('/', { replace: true });
    });
  const note = [t('tablet.job', { number: String(work.number) }), work.keyTag ? t('tablet.key', { tag: work.keyTag }) : null, work.techName ? t('tablet.toCheck.by', { name: work.techName }) : null];
  return (
    <Frame title={car} note={note.filter(Boolean).join(' · ')} back="/">
      <div className="flex max-w-3xl flex-col gap-4 p-3">
        {work.title ? <blockquote className="px-1 text-lg font-medium">“{work.title}”</blockquote> : null}
        <section aria-label={t('tablet.look.work')} className="flex flex-col gap-2 rounded-panel border border-line bg-surface p-4">
          <h2 className="text-base font-semibold">{t('tablet.look.work')}</h2>
          {work.jobs.length === 0 ? <p>{t('tablet.work.none')}</p> : null}
          <ul role="list" className="flex flex-col divide-y divide-line">
            {work.jobs.map((job) => (
              <li key={job.id} className="flex flex-col gap-1 py-2 text-base">
                <span className="font-semibold">{job.name}</span>
                {job.cause ? <span>{t('tablet.look.cause', { words: job.cause })}</span> : null}
                {job.correction ? <span>{t('tablet.look.correction', { words: job.correction })}</span> : null}
              </li>
            ))}
          </ul>
        </section>
        <div className="grid grid-cols-2 gap-3">
          <button type="button" className={bigClasses('plain', 'min-h-16')} onClick={() => tell(true, null)}>
            <CircleCheck aria-hidden className="shrink-0 text-success" />
            {t('tablet.look.isGood')}
          </button>
          <button type="button" className={bigClasses('plain', 'min-h-16')} onClick={() => setBad(true)}>
            <CircleX aria-hidden className="shrink-0 text-danger" />
            {t('tablet.look.isBad')}
          </button>
        </div>
      </div>
      {isBad ? <BadCheck title={t('tablet.look.isBad')} onTell={(words) => tell(false, words)} onClose={() => setBad(false)} /> : null}
    </Frame>
  );
}
