import { clsx } from 'clsx';
import { ArrowLeft, ArrowRight, LayoutGrid, ListPlus, Pencil } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useFocusKeeper } from '@/lib/focus-keeper';
import type { Checklist, Day, Item, Result, Visit } from '@/offline/types';
import { act } from './act';
import { addPoint, carOf, changeChecklist } from './acts';
import { AddPoint } from './AddPoint';
import { Answers } from './Answers';
import { bigClasses } from './big';
import { Finish } from './Finish';
import { Frame } from './Frame';
import { useOnce } from './once';
import { PointBody } from './PointBody';
import { answeredOf, OVERVIEW, pointPath } from './points';
import { Progress } from './Progress';
import { RESULTS } from './results';
import { useSide } from './side';
import { useWork } from './work';

export function findCheck(day: Day | null, id: string | undefined): { visit: Visit; checklist: Checklist } | null {
  for (const visit of day?.appointments ?? []) {
    const checklist = visit.checklists.find((one) => one.id === id);
    if (checklist) return { visit, checklist };
  }
  return null;
}

/** An inspection, one point at a time. The address says which: `/checks/:id/12`; behind the last one stands the end, `/checks/:id/all`. */
export function Inspection() {
  const { id, point } = useParams();
  const { day } = useWork();
  const found = findCheck(day, id);
  if (!found) {
    return (
      <Frame title={t('tablet.check')} back="/">
        <EmptyState title={t('tablet.gone.title')} detail={t('tablet.gone.detail')} />
      </Frame>
    );
  }
  const count = found.checklist.items.length;
  const index = point === OVERVIEW ? count : Math.min(Math.max(0, Number(point ?? 1) - 1 || 0), count);
  return <Runner key={found.checklist.id} {...found} index={index} />;
}

interface RunnerProps {
  visit: Visit;
  checklist: Checklist;
  index: number;
}

function Runner({ visit, checklist, index }: RunnerProps) {
  const { person } = useWork();
  const navigate = useNavigate();
  const side = useSide();
  const heading = useRef<HTMLHeadingElement>(null);
  const count = checklist.items.length;
  const item = checklist.items[index];
  const done = answeredOf(checklist);
  const isMine = checklist.holderId === person?.id;
  // What was submitted may have been sent to the customer: it is shown until the person says that they correct it.
  const [isCorrecting, setCorrecting] = useState(false);
  const isSubmitted = checklist.status === 'submitted';
  const canFill = isMine && (!isSubmitted || isCorrecting);
  const once = useOnce();
  const controls = useRef<HTMLDivElement>(null);
  const reading = useRef<HTMLDivElement>(null);
  // Taking over and correcting take their own buttons away.
  useFocusKeeper(controls, () => controls.current?.querySelector<HTMLElement>('button, a'));
  const to = (next: number): string => pointPath(checklist, next);
  const [isAdding, setAdding] = useState(false);

  const shown = useRef({ index, id: item?.id });
  useEffect(() => {
    const before = shown.current;
    if (before.id === item?.id) return;
    // Points that others added stand before one's own once the shop has both: the one that is looked at stays.
    const moved = before.index === index && before.id !== undefined ? checklist.items.findIndex((one) => one.id === before.id) : -1;
    shown.current = { index: moved === -1 ? index : moved, id: moved === -1 ? item?.id : before.id };
    if (moved !== -1) {
      void navigate(pointPath(checklist, moved), { replace: true });
      return;
    }
    // The next point is read out from its beginning; the keyboard goes on there.
    heading.current?.focus({ preventScroll: true });
    reading.current?.scrollTo({ top: 0 });
  }, [checklist, index, item?.id, navigate]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select, [role=menuitem]');
      if (isTyping || event.altKey || event.ctrlKey || event.metaKey || document.querySelector('[data-layer]')) return;
      const next = event.key === 'ArrowRight' ? index + 1 : event.key === 'ArrowLeft' ? index - 1 : null;
      if (next !== null && next >= 0 && next <= count) void navigate(to(next), { replace: true });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  const add = (label: string, result: Result): void =>
    once('add', async () => {
      if (!(await act(addPoint(visit, checklist, label, result)))) return false;
      setAdding(false);
      announce(t('tablet.state.here'));
      void navigate(`/checks/${checklist.id}/${count + 1}`, { replace: true });
      return true;
    });
  const takeOver = (): void =>
    once('take', async () => {
      if (person && (await act(changeChecklist(visit, checklist, { holderId: person.id })))) announce(t('tablet.check.held', { name: person.name }));
    });

  return (
    <Frame title={checklist.title} note={[carOf(visit), visit.keyTag ? t('tablet.key', { tag: visit.keyTag }) : null].filter(Boolean).join(' · ')} back={`/jobs/${visit.id}`}>
      <div className="flex shrink-0 items-center gap-3 border-b border-line bg-surface px-3 py-1.5">
        <span className="tabular text-lg font-semibold whitespace-nowrap">{t('tablet.check.progress', { done, count })}</span>
        <Progress done={done} count={count} />
        <Link to={to(count)} replace className={bigClasses('plain', 'border max-md:px-3')}>
          <LayoutGrid aria-hidden size={20} />
          <span className="max-md:sr-only">{t('tablet.check.all')}</span>
        </Link>
      </div>
      <div className={clsx('flex min-h-0 flex-1 flex-col md:flex-row', side === 'left' && 'md:flex-row-reverse')}>
        {/* Held like a phone what is read scrolls above the answers, which stay under the thumb. */}
        <div ref={reading} className="min-h-0 min-w-0 flex-1 overflow-y-auto overscroll-contain p-4 max-md:py-2">
          {item ? (
            <article aria-labelledby="point" className="flex flex-col gap-3">
              <p className="text-base font-medium">
                {[item.isAdded ? t('tablet.check.added') : item.section, t('tablet.check.point', { number: index + 1, count })].filter(Boolean).join(' · ')}
              </p>
              <h2 id="point" ref={heading} tabIndex={-1} className="text-2xl font-semibold max-md:text-xl">
                {item.label}
              </h2>
              {item.help ? <p className="text-lg leading-snug max-md:text-base">{item.help}</p> : null}
              <PointBody key={item.id} place={{ visit, checklist, item }} isMine={canFill} />
            </article>
          ) : (
            <Finish visit={visit} checklist={checklist} isMine={isMine} heading={heading} />
          )}
        </div>
        <div ref={controls} className="flex shrink-0 flex-col gap-2 border-line bg-sunken p-3 max-md:max-h-[65%] max-md:overflow-y-auto max-md:border-t max-md:py-2 md:w-64 md:overflow-y-auto lg:w-80 md:overscroll-contain md:border-x">
          {isMine ? null : (
            <div className="flex flex-col gap-2 rounded-panel bg-warning-soft p-3 text-warning">
              <p className="text-base font-medium">
                {checklist.holderName ? t('tablet.check.held', { name: checklist.holderName }) : t('tablet.check.heldByNobody')}
              </p>
              <button type="button" className={bigClasses('plain')} onClick={takeOver}>
                {t('tablet.check.takeOver')}
              </button>
            </div>
          )}
          {!item && canFill ? (
            <button type="button" className={bigClasses('plain', 'min-h-14')} onClick={() => setAdding(true)}>
              <ListPlus aria-hidden />
              {t('tablet.check.add')}
            </button>
          ) : null}
          {isAdding ? <AddPoint onAdd={add} onClose={() => setAdding(false)} /> : null}
          {item && !canFill ? <Answer item={item} /> : null}
          {item && canFill ? <Answers key={item.id} place={{ visit, checklist, item }} /> : null}
          {isMine && isSubmitted ? (
            <div className="flex flex-col gap-2">
              <p className="px-1 text-base font-medium">{t(isCorrecting ? 'tablet.check.correcting' : 'tablet.check.submitted')}</p>
              {isCorrecting ? null : (
                <button type="button" className={bigClasses('plain')} onClick={() => setCorrecting(true)}>
                  <Pencil aria-hidden size={20} />
                  {t('tablet.check.correct')}
                </button>
              )}
            </div>
          ) : null}
          <nav aria-label={t('tablet.check.all')} className="sticky bottom-0 mt-auto grid grid-cols-[2fr_3fr] gap-3 bg-sunken pt-1">
            {index > 0 ? (
              <Link to={to(index - 1)} replace className={bigClasses('plain', 'min-h-14 px-2')} aria-label={t('tablet.check.previous')}>
                <ArrowLeft aria-hidden />
              </Link>
            ) : (
              <span />
            )}
            {item ? (
              <Link to={to(index + 1)} replace className={bigClasses('primary', 'min-h-14')}>
                {t(index + 1 === count ? 'tablet.check.finish' : 'tablet.check.next')}
                <ArrowRight aria-hidden />
              </Link>
            ) : null}
          </nav>
        </div>
      </div>
    </Frame>
  );
}

/** The answer of a point where it can't be given. */
function Answer({ item: { result } }: { item: Item }) {
  if (result === null) return <p className="rounded-panel border-2 border-line-strong bg-surface p-4 text-center text-lg">{t('tablet.check.missing.answer')}</p>;
  const { word, icon: Icon, soft, edge } = RESULTS[result];
  return (
    <p className={clsx('flex min-h-16 items-center justify-center gap-3 rounded-panel border-2 px-3 text-lg font-semibold', soft, edge)}>
      <Icon aria-hidden size={30} />
      {t(word)}
    </p>
  );
}
