import { useLayoutEffect, useRef, useState } from 'react';
import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import type { WordKey } from '@/i18n/en';
import { STATUS } from '@/lib/status';
import type { Status, Wall } from '@/types';
import { LateCars } from './LateCars';
import type { WallList, WallPage } from './views';
import { turnsOf } from './views';
import { lateCars } from './wall-words';
import { WallColumn } from './WallColumn';

const TURN = 12_000;
/** Height of a car with the gap below it, and of a heading with its own, in rem. */
const CAR = 9.5;
const HEADING = 2.9;

/** How many cars stand below each other in an element. */
function useFit() {
  const element = useRef<HTMLElement>(null);
  const [fit, setFit] = useState(5);
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return undefined;
    const measure = (): void => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const { paddingTop, paddingBottom } = getComputedStyle(measured);
      const room = measured.clientHeight - parseFloat(paddingTop || '0') - parseFloat(paddingBottom || '0') - HEADING * rem;
      setFit(Math.max(1, Math.floor(room / (CAR * rem))));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return { element, fit };
}

/**
 * The shop's cars; what does not fit comes by itself, page after page and view after view, without a motion. While pages
 * turn, the late cars stand above all of them, so that none is ever out of sight.
 */
export function WallViews({ wall, now }: { wall: Wall; now: number }) {
  const { element, fit } = useFit();
  const turns = turnsOf(wall, fit);
  const turn = Math.floor(now / TURN);
  const shown = turns[turn % turns.length];
  if (!shown) return null;
  const { view, lists } = shown;
  return (
    <>
      {turns.length > 1 ? <LateCars cards={lateCars(wall, now)} turn={turn} now={now} zone={wall.timezone} /> : null}
      <main ref={element} aria-label={t(`wall.view.${view}`)} className="grid min-h-0 flex-1 grid-cols-3 gap-[1.25rem] px-[2rem] pb-[1.5rem]">
        {lists.map((list, at) => (
          <WallColumn
            key={`${view} ${list.key} ${at}`}
            id={`wall-${at}`}
            heading={<Heading wall={wall} shown={shown} list={list} isLast={at === lists.length - 1} />}
            empty={view === 'board' ? t(`wall.empty.${list.key}` as WordKey) : null}
            cards={list.cards}
            now={now}
            zone={wall.timezone}
            view={view}
          />
        ))}
      </main>
    </>
  );
}

/** Which of the day's cars a list has: `Today in order, 7–12`. */
const placesWords = ({ key, cards }: WallList): string => t('wall.today.places', { first: Number(key) + 1, last: Number(key) + cards.length });

function Heading({ wall, shown, list, isLast }: { wall: Wall; shown: WallPage; list: WallList; isLast: boolean }) {
  const page = isLast && shown.pages > 1 ? t('wall.page', { page: shown.page + 1, pages: shown.pages }) : null;
  const where = page === null ? null : <span className="tabular ml-auto text-[1.5rem] font-normal text-muted">{page}</span>;
  if (shown.view === 'board') {
    const status = list.key as Status;
    const Icon = STATUS[status].icon;
    return (
      <>
        <Icon aria-hidden className="size-[1.75rem]" />
        {t(STATUS[status].word)}
        <span className="tabular text-muted">{wall.columns.find((column) => column.key === status)?.cards.length}</span>
        {where}
      </>
    );
  }
  return (
    <>
      <span className="truncate">{shown.view === 'technicians' ? (list.key ?? t('wall.nobody')) : placesWords(list)}</span>
      {where}
    </>
  );
}
