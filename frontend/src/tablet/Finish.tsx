import { clsx } from 'clsx';
import { Camera, CircleDashed, Cloud, Send } from 'lucide-react';
import type { RefObject } from 'react';
import { useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { readingWords } from '@/lib/inspection-answers';
import type { Checklist, Visit } from '@/offline/types';
import { act } from './act';
import { changeChecklist } from './acts';
import { bigClasses } from './big';
import { useOnce } from './once';
import { missingOf, needsPhoto, pointPath } from './points';
import { RESULTS } from './results';
import { StateMark } from './StateMark';
import { useWork } from './work';

interface FinishProps {
  visit: Visit;
  checklist: Checklist;
  isMine: boolean;
  heading: RefObject<HTMLHeadingElement | null>;
}

/** All points at a glance, what is missing, and the end: an inspection can be left at any time, and submitted when it is whole. */
export function Finish({ visit, checklist, isMine, heading }: FinishProps) {
  const { states, operations } = useWork();
  const navigate = useNavigate();
  const once = useOnce();
  const [isTold, setTold] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const missing = missingOf(checklist);
  const refusal = operations.find((one) => one.kind === 'checklist' && one.about.checklistId === checklist.id && one.error !== null)?.error;
  // Which of two values a point has may also decide whether something is missing, so it is chosen first.
  const disputed = checklist.items.flatMap((item, index) => (states.get(item.id) === 'conflict' ? [index] : []));
  const lacking = new Set([...missing.map((one) => one.index), ...disputed]);
  const lacks = [
    missing.length > 0 ? t('tablet.check.missing', { count: missing.length }) : null,
    disputed.length > 0 ? t('tablet.check.disputed', { count: disputed.length }) : null,
  ].filter((words) => words !== null);
  // What is missing stands first: it may lie far below what is there.
  const places = [...lacking, ...checklist.items.map((_, index) => index).filter((index) => !lacking.has(index))];
  const submit = (): void => {
    setTold(lacking.size > 0);
    if (lacking.size > 0) {
      list.current?.querySelector('a')?.focus();
      return;
    }
    once('submit', async () => {
      if (!(await act(changeChecklist(visit, checklist, { status: 'submitted' })))) return;
      announce(t('tablet.check.submitted.here'));
      void navigate(`/jobs/${visit.id}`, { replace: true });
    });
  };
  return (
    <div className="flex flex-col gap-3">
      <h2 ref={heading} tabIndex={-1} className="text-xl font-semibold">
        {lacks.length > 0 ? lacks.join(', ') : t('tablet.check.complete')}
      </h2>
      {checklist.status === 'submitted' ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <p className="text-lg font-medium text-success">{t('tablet.check.submitted')}</p>
          <StateMark state={states.get(checklist.id)} />
        </div>
      ) : isMine ? (
        <div className="flex flex-col items-start gap-2">
          <button type="button" className={bigClasses('primary', 'min-h-16')} onClick={submit}>
            <Send aria-hidden />
            {t('tablet.check.submit')}
          </button>
          {isTold ? (
            <p role="alert" className="text-base font-medium text-danger">
              {t('tablet.check.submit.missing')}
            </p>
          ) : null}
        </div>
      ) : null}
      {refusal ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <StateMark state={refusal.conflicts.length > 0 ? 'conflict' : 'refused'} />
          <p className="text-base">{refusal.conflicts.length > 0 ? t('tablet.queue.conflict') : refusal.words}</p>
        </div>
      ) : null}
      <ol ref={list} role="list" className="grid grid-cols-[minmax(0,1fr)] gap-2 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
        {places.map((index) => {
          const item = checklist.items[index];
          if (!item) return null;
          const look = item.result === null ? null : RESULTS[item.result];
          const Icon = look?.icon ?? CircleDashed;
          const lacksPhoto = needsPhoto(item);
          const state = states.get(item.id);
          return (
            <li key={item.id}>
              <Link
                to={pointPath(checklist, index)}
                replace
                className={clsx(
                  'flex min-h-14 items-center gap-3 rounded-control border-2 px-3 py-1 text-base hover:bg-hover',
                  item.result === null || lacksPhoto ? 'border-line-strong bg-surface' : 'border-transparent bg-sunken',
                )}
              >
                <span className={clsx('flex size-9 shrink-0 items-center justify-center rounded-full', look ? look.soft : 'bg-sunken')}>
                  <Icon aria-hidden size={22} />
                </span>
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{item.label}</span>
                  <span className="block truncate text-sm">
                    {look ? t(look.word) : t('tablet.check.missing.answer')}
                    {item.reading === null ? '' : ` · ${readingWords(item.reading, item.unit)}`}
                    {item.note ? ` · ${item.note}` : ''}
                  </span>
                </span>
                {lacksPhoto ? (
                  <span className="flex items-center gap-1.5 font-medium text-danger">
                    <Camera aria-hidden size={20} />
                    {t('tablet.check.missing.photo')}
                  </span>
                ) : state ? (
                  <StateMark state={state} />
                ) : item.result === null ? null : (
                  <Cloud aria-label={t('tablet.state.stored')} size={20} className="shrink-0 text-success" />
                )}
              </Link>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
