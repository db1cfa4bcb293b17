import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Money } from '@/components/ui/Money';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { addDays, formatMonthDay, formatPlainDay } from '@/lib/time';
import type { Stats } from '@/types';
import type { DayRange } from './range';
import { rangeLength } from './range';

const HEIGHT = 96;
const STEP = 10;

interface RevenueChartProps {
  days: NonNullable<Stats['revenueByDay']>;
  range: Pick<DayRange, 'from' | 'to'>;
  today: string;
  currency: string;
}

/** Revenue by day as bars or as a table; a day on which more was taken back than posted hangs below the line. */
export function RevenueChart({ days, range, today, currency }: RevenueChartProps) {
  const [isTable, setTable] = useState(false);
  const length = rangeLength(range);
  const best = days.reduce<(typeof days)[number] | null>((most, day) => (most === null || day.cents > most.cents ? day : most), null);
  if (best === null) return <p className="text-muted">{t('numbers.chart.revenue.empty')}</p>;
  if (length < 2) return <p className="text-muted">{t('numbers.chart.revenue.short')}</p>;
  const total = days.reduce((sum, day) => sum + day.cents, 0);
  const words = t('numbers.chart.revenue.words', {
    count: days.length,
    best: moneyText(best.cents, currency),
    day: formatMonthDay(best.day),
    total: moneyText(total, currency),
  });
  return (
    <div className="flex flex-col gap-2">
      {isTable ? (
          <table className="w-full border-collapse">
            <caption className="sr-only">{t('numbers.chart.revenue')}</caption>
            <thead className="text-left text-xs text-muted">
              <tr>
                <th scope="col" className="py-1 font-medium">
                  {t('numbers.chart.day')}
                </th>
                <th scope="col" className="py-1 text-right font-medium">
                  {t('numbers.figure.revenue')}
                </th>
              </tr>
            </thead>
            <tbody>
              {days.map(({ day, cents }) => (
                <tr key={day} className="border-t border-line">
                  <th scope="row" className="py-1 text-left font-normal">
                    {formatPlainDay(day, today)}
                  </th>
                  <td className="py-1 text-right">
                    <Money cents={cents} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
      ) : (
        <Bars days={days} from={range.from} length={length} words={words} currency={currency} />
      )}
      <span>
        <Button size="sm" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {t(isTable ? 'numbers.chart.bars' : 'numbers.chart.table')}
        </Button>
      </span>
    </div>
  );
}

interface BarsProps {
  days: RevenueChartProps['days'];
  from: string;
  length: number;
  words: string;
  currency: string;
}

function Bars({ days, from, length, words, currency }: BarsProps) {
  const cents = new Map(days.map((one) => [one.day, one.cents]));
  const high = Math.max(1, ...cents.values());
  const low = Math.min(0, ...cents.values());
  const scale = HEIGHT / (high - low);
  const baseline = high * scale;
  return (
    <figure className="m-0">
      <div className="flex justify-end text-xs text-muted">
        <Money cents={high} currency={currency} whole />
      </div>
      <svg
        role="img"
        aria-label={words}
        viewBox={`0 0 ${length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-24 w-full overflow-visible"
      >
        {Array.from({ length }, (_, index) => {
          const day = addDays(from, index);
          const amount = cents.get(day) ?? 0;
          const height = Math.abs(amount) * scale;
          return (
            <rect
              key={day}
              x={index * STEP + 1}
              y={amount < 0 ? baseline : baseline - height}
              width={STEP - 2}
              height={height}
              className={amount < 0 ? 'fill-danger' : 'fill-primary'}
            >
              <title>{`${formatMonthDay(day)}: ${moneyText(amount, currency)}`}</title>
            </rect>
          );
        })}
        <line x1={0} x2={length * STEP} y1={baseline} y2={baseline} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="flex justify-between text-xs text-muted">
        <span>{formatMonthDay(from)}</span>
        <span>{formatMonthDay(addDays(from, length - 1))}</span>
      </figcaption>
    </figure>
  );
}
