import type { ReactNode } from 'react';
import { Money } from '@/components/ui/Money';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import type { Board } from '@/types';
import { figuresOf } from './figures';
import type { BoardFilters } from './filters';
import { TextFigures } from './TextFigures';

/** The day in a few numbers. They take a second line, in the head's height, before anything else has to give way. */
export function BoardFigures({ board, filters }: { board: Board; filters: BoardFilters }) {
  const figures = figuresOf(board, filters, useNow());
  return (
    <ul role="list" data-figures className="flex flex-wrap items-center gap-x-3 text-muted">
      {figures.kind === 'filtered' ? (
        <>
          <li>{t('board.filter.shown', { shown: figures.shown, count: figures.count })}</li>
          {figures.side > 0 ? <li>{t('board.filter.side', { count: figures.side })}</li> : null}
        </>
      ) : figures.kind === 'ahead' ? (
        <>
          {figures.booked > 0 ? (
            <Figure value={figures.booked} word={t('board.kpi.booked')} />
          ) : (
            <li className="font-medium text-ink">{t(board.from === board.to ? 'board.empty.future' : 'board.empty.future.week')}</li>
          )}
          {figures.bookedCents ? <Figure value={<Money cents={figures.bookedCents} whole />} word={t('board.kpi.work')} /> : null}
          {figures.carriedOver > 0 ? <Figure value={figures.carriedOver} word={t('board.kpi.stayed')} /> : null}
        </>
      ) : (
        <>
          <Figure value={figures.jobs} word={t('board.kpi.jobs', { count: figures.jobs })} />
          <Figure value={figures.onPremises} word={t('board.kpi.premises')} />
          {figures.late > 0 ? <Figure value={figures.late} word={t('board.kpi.late')} isAlarming /> : null}
          {figures.dueCents ? <Figure value={<Money cents={figures.dueCents} whole />} word={t('board.kpi.due')} /> : null}
        </>
      )}
      {figures.kind === 'filtered' ? null : <TextFigures locationId={board.location.id} zone={board.location.timezone} />}
    </ul>
  );
}

function Figure({ value, word, isAlarming = false }: { value: ReactNode; word: string; isAlarming?: boolean }) {
  return (
    <li className={isAlarming ? 'whitespace-nowrap text-danger' : 'whitespace-nowrap'}>
      <span className={isAlarming ? 'tabular font-semibold' : 'tabular font-semibold text-ink'}>{value}</span> {word}
    </li>
  );
}
