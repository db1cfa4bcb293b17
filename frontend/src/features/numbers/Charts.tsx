import type { ReactNode } from 'react';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import type { ComparedFigure, Stats, Status } from '@/types';
import { BarRows } from './BarRows';
import { figureText } from './figure-words';
import type { DayRange } from './range';
import { RevenueChart } from './RevenueChart';

/** What a booking waits for its day is days long beside these; it has its tile. */
const CYCLE: readonly [key: string, status: Status][] = [
  ['cycleInProgress', 'IN_PROGRESS'],
  ['cycleReady', 'READY'],
];

/** A part of the page under its heading. */
export function NumbersPanel({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-3 rounded-panel border border-line bg-surface p-4 shadow-card">
      <div>
        <h2 className="font-semibold">{title}</h2>
        {lead ? <p className="text-xs text-muted">{lead}</p> : null}
      </div>
      {children}
    </section>
  );
}

interface ChartsProps {
  stats: Stats;
  figures: ReadonlyMap<string, ComparedFigure>;
  range: Pick<DayRange, 'from' | 'to'>;
}

/** Revenue by day, time by state, hours by technician, and what came of declined work. */
export function Charts({ stats, figures, range }: ChartsProps) {
  const { currency } = stats.location;
  const recovery = figures.get('recovery');
  const cycle = CYCLE.flatMap(([key, status]) => {
    const figure = figures.get(key);
    return figure && figure.value !== null ? [{ key, status, seconds: figure.value }] : [];
  });
  return (
    <>
      {stats.revenueByDay ? (
        <NumbersPanel title={t('numbers.chart.revenue')}>
          <RevenueChart days={stats.revenueByDay} range={range} today={stats.today} currency={currency} />
        </NumbersPanel>
      ) : null}
      <NumbersPanel title={t('numbers.chart.cycle')} lead={t('numbers.chart.cycle.lead')}>
        {cycle.length === 0 ? (
          <p className="text-muted">{t('numbers.chart.cycle.empty')}</p>
        ) : (
          <BarRows
            caption={t('numbers.chart.cycle')}
            head={[t('numbers.chart.state'), t('numbers.chart.average')]}
            rows={cycle.map(({ key, status, seconds }) => ({
              key,
              name: t(STATUS[status].word),
              value: figureText(seconds, 'seconds', currency),
              amount: seconds,
              fill: STATUS[status].solid,
            }))}
          />
        )}
      </NumbersPanel>
      <NumbersPanel title={t('numbers.chart.hours')}>
        {stats.hoursByTechnician.length === 0 ? (
          <p className="text-muted">{t('numbers.chart.hours.empty')}</p>
        ) : (
          <BarRows
            caption={t('numbers.chart.hours')}
            head={[t('numbers.chart.name'), t('numbers.chart.booked')]}
            rows={stats.hoursByTechnician.map(({ techId, name, bookedMinutes, availableMinutes }) => ({
              key: techId,
              name,
              value: t('numbers.chart.hours.of', {
                booked: figureText(bookedMinutes, 'minutes', currency),
                available: figureText(availableMinutes, 'minutes', currency),
              }),
              amount: bookedMinutes,
              whole: availableMinutes,
            }))}
          />
        )}
      </NumbersPanel>
      <NumbersPanel title={t('numbers.chart.recovery')}>
        {!recovery?.denominator ? (
          <p className="text-muted">{t('numbers.chart.recovery.empty')}</p>
        ) : (
          <BarRows
            caption={t('numbers.chart.recovery')}
            head={[t('numbers.chart.recovery'), t('numbers.figure.recovery')]}
            rows={[
              {
                key: 'recovery',
                name: figureText(recovery.value, 'share', currency),
                value: t('numbers.chart.recovery.of', { back: recovery.numerator, count: recovery.denominator }),
                amount: recovery.numerator,
                whole: recovery.denominator,
                fill: 'bg-ready-edge',
              },
            ]}
          />
        )}
      </NumbersPanel>
    </>
  );
}
