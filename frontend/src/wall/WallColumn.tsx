import { useLayoutEffect, useRef, useState } from 'react';
import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import type { WordKey } from '@/i18n/en';
import { STATUS } from '@/lib/status';
import type { Status, Wall } from '@/types';
import { pagesOf } from './wall-words';
import { WallCar } from './WallCar';

const TURN = 12_000;
/** Height of a car with the gap below it, in rem. */
const CAR = 9.5;

interface WallColumnProps {
  column: Wall['columns'][number];
  now: number;
  zone: string;
}

/** A column; what does not fit comes by itself, page after page, for people who don't mind that things move. */
export function WallColumn({ column, now, zone }: WallColumnProps) {
  const status = column.key as Status;
  const list = useRef<HTMLDivElement>(null);
  const [fit, setFit] = useState(5);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const measure = (): void => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      setFit(Math.max(1, Math.floor(element.clientHeight / (CAR * rem))));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const pages = pagesOf(column.cards.length, fit);
  const moves = !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const page = moves ? Math.floor(now / TURN) % pages : 0;
  const Icon = STATUS[status].icon;
  return (
    <section aria-labelledby={`wall-${status}`} className="flex min-h-0 min-w-0 flex-col gap-[0.75rem]">
      <h2 id={`wall-${status}`} className="flex items-center gap-[0.75rem] text-[1.75rem] leading-tight font-semibold">
        <Icon aria-hidden className="size-[1.75rem]" />
        {t(STATUS[status].word)}
        <span className="tabular text-muted">{column.cards.length}</span>
        {pages > 1 ? <span className="tabular ml-auto text-[1.5rem] font-normal text-muted">{t('wall.page', { page: page + 1, pages })}</span> : null}
      </h2>
      <div ref={list} className="min-h-0 flex-1 overflow-hidden">
        {column.cards.length === 0 ? (
          <p className="text-[1.75rem] text-muted">{t(`wall.empty.${status}` as WordKey)}</p>
        ) : (
          <ul role="list" className="flex flex-col gap-[0.75rem]">
            {column.cards.slice(page * fit, (page + 1) * fit).map((card) => (
              <WallCar key={card.id} card={card} now={now} zone={zone} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
