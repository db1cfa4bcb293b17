import { clsx } from 'clsx';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { MonitorCog, RotateCw } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { Skeleton } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import { WorkedHours } from '@/features/clocks/WorkedHours';
import { Age } from '@/features/numbers/Age';
import { Charts, NumbersPanel } from '@/features/numbers/Charts';
import { FigureSheet } from '@/features/numbers/FigureSheet';
import { FigureTile } from '@/features/numbers/FigureTile';
import { EVERYWHERE, NumbersFilters } from '@/features/numbers/NumbersFilters';
import { numbersQueries } from '@/features/numbers/queries';
import { rangeLength, readRange } from '@/features/numbers/range';
import { StuckCars } from '@/features/numbers/StuckCars';
import { TileChart } from '@/features/numbers/TileChart';
import '@/i18n/late/clocks';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { errorWords } from '@/lib/error-words';
import { useLive } from '@/lib/events';
import { useNow } from '@/lib/now';
import { askAgain } from '@/lib/query-client';
import { numbersKeys } from '@/lib/query-keys';
import { addDays, daysBetween, formatPlainDay, localDate } from '@/lib/time';
import { useUrlState } from '@/lib/url-state';
import type { ComparedFigure, Stats } from '@/types';

const NOW: readonly string[] = ['carsOnPremises', 'scheduled', 'inProgress', 'ready'];
const GROUPS = {
  money: ['revenue', 'averageRepairOrder', 'laborRate', 'margin', 'uncostedLines', 'unpaidTotal'],
  work: ['jobsToday', 'completed', 'carCount', 'noShow'],
  now: NOW,
  flow: ['cycleScheduled', 'cycleInProgress', 'cycleReady', 'techHours', 'closeRatio', 'recovery'],
  inspections: ['inspectionsSent', 'inspectionPhotos', 'inspectionTime'],
} as const;
/** As many columns as leave no tile alone in a row. */
const columnsFor = (tiles: number): string => {
  if (tiles === 6) return '@3xl:grid-cols-3 @6xl:grid-cols-6';
  if (tiles === 3) return '@3xl:grid-cols-3';
  if (tiles === 4) return '@3xl:grid-cols-4';
  return '@3xl:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]';
};
/** On a busy day something changes every second; nobody reads that fast. */
const REST = 2_000;

/** The shop's numbers: each opens its own working. */
export function Numbers() {
  const { location, locations } = useShopLocation();
  const { me, can } = useSession();
  const { params, set } = useUrlState();
  const client = useQueryClient();
  const now = useNow();
  const today = localDate(now, location.timezone);
  const range = readRange(params, today);
  const isEverywhere = params.get('where') === EVERYWHERE && locations.length > 1;
  const techId = isEverywhere ? null : params.get('tech');
  const isCounted = range.preset !== 'custom';
  const whoseNumbers = { locationId: isEverywhere ? null : location.id, techId, allLocations: isEverywhere ? 'true' : null };
  const asked = { ...whoseNumbers, from: range.from, to: range.to, relativeTo: isEverywhere && isCounted ? today : null };
  const stats = useQuery(numbersQueries.stats(asked));
  // How things stand moves with no choice of days. Of today both are one request.
  const askedNow = { ...whoseNumbers, from: today, to: today, relativeTo: isEverywhere ? today : null };
  const statsNow = useQuery(numbersQueries.stats(askedNow));
  const { data: technicians = [] } = useQuery(shopQueries.technicians(location.id));
  const [opened, setOpened] = useState<string | null>(null);

  const resting = useRef<number | null>(null);
  const renew = (): void => {
    // Not put off by the next change: while somebody fills an inspection, one follows the other.
    resting.current ??= window.setTimeout(() => {
      resting.current = null;
      askAgain(client, numbersKeys.all);
    }, REST);
  };
  useLive('appointment', renew);
  useLive('inspections', renew);
  useLive('figures', renew);
  useLive('resync', renew);

  const data = stats.data;
  const figures = figuresOf(data);
  const figuresNow = figuresOf(statsNow.data);
  const isNow = NOW.some((key) => key === opened);
  const shown = opened === null ? undefined : (isNow ? figuresNow : figures).get(opened);
  const elsewhere = isEverywhere && isCounted ? locations.filter((place) => localDate(now, place.timezone) !== today) : [];
  /** The same days as a place counts them. */
  const daysAt = (place: { timezone: string }): Pick<Stats, 'from' | 'to'> => {
    const ahead = isEverywhere && isCounted ? daysBetween(today, localDate(now, place.timezone)) : 0;
    return { from: addDays(data?.from ?? range.from, ahead), to: addDays(data?.to ?? range.to, ahead) };
  };
  const whose = [isEverywhere ? t('numbers.location.all') : location.name, technicians.find((one) => one.id === techId)?.name ?? t('numbers.tech.all')].join(' · ');

  return (
    <div className="@container flex min-h-0 flex-1 flex-col overflow-y-auto">
      <header className="flex shrink-0 flex-col gap-3 border-b border-line bg-surface px-4 py-3 sm:px-6">
        <div className="flex items-center justify-between gap-3">
          <div className="min-w-0">
            <h1 className="text-lg font-semibold">{t('numbers.title')}</h1>
            <p className="text-xs text-muted">{data ? <Age key={data.computedAt} computedAt={data.computedAt} /> : stats.isPending ? t('numbers.loading') : null}</p>
          </div>
          <span className="flex items-center gap-1">
            {can('settings:manage') ? (
              <Link to="/settings/devices" aria-label={t('nav.devices')} className={`${buttonClasses('ghost')} md:hidden`}>
                <MonitorCog size={18} aria-hidden />
              </Link>
            ) : null}
            <IconButton icon={RotateCw} label={t('numbers.refresh')} onClick={() => void client.invalidateQueries({ queryKey: numbersKeys.all })} />
          </span>
        </div>
        {elsewhere.length > 0 ? (
          <p className="text-xs text-muted">
            {t('numbers.ownDays', { places: elsewhere.map((place) => `${place.name} ${formatPlainDay(localDate(now, place.timezone), today)}`).join(', ') })}
          </p>
        ) : null}
        <NumbersFilters range={range} today={today} techId={techId} isEverywhere={isEverywhere} onChange={set} />
      </header>
      {stats.error && data ? (
        <p role="status" className="bg-warning-soft px-4 py-2 text-warning sm:px-6">
          {t('numbers.stale', { reason: errorWords(stats.error) })}
        </p>
      ) : null}
      {stats.isPending ? (
        <NumbersSkeleton />
      ) : !data ? (
        <ErrorState error={stats.error} onRetry={() => void stats.refetch()} />
      ) : (
        <div aria-busy={stats.isPlaceholderData} className="flex flex-col gap-5 p-4 sm:p-6">
          {Object.entries(GROUPS).map(([name, keys]) => {
            const tiles = keys.flatMap((key) => (name === 'now' ? figuresNow : figures).get(key) ?? []);
            if (tiles.length === 0) return null;
            return (
              <section key={name} aria-labelledby={`numbers-${name}`} className="flex flex-col gap-2">
                <h2 id={`numbers-${name}`} className="text-xs font-semibold tracking-wide text-muted uppercase">
                  {t(`numbers.group.${name as keyof typeof GROUPS}`)}
                </h2>
                {name === 'now' && range.preset !== 'today' ? <p className="-mt-2 text-xs text-muted">{t('numbers.group.now.lead')}</p> : null}
                <div className={clsx('grid grid-cols-2 gap-3', columnsFor(tiles.length))}>
                  {tiles.map((figure) => (
                    <FigureTile
                      key={figure.formula.key}
                      figure={figure}
                      days={rangeLength(data)}
                      currency={data.location.currency}
                      isWide={figure.formula.key === 'revenue'}
                      onOpen={setOpened}
                    >
                      <TileChart figure={figure} stats={data} />
                    </FigureTile>
                  ))}
                </div>
              </section>
            );
          })}
          <div className="grid items-start gap-4 @3xl:grid-cols-2">
            {can('board:view') ? (
              <NumbersPanel title={t('numbers.stuck')}>
                <StuckCars locationId={isEverywhere ? null : location.id} techId={techId} />
              </NumbersPanel>
            ) : null}
            {me.flags.inspections ? (
              <NumbersPanel title={t('numbers.worked')} lead={t('numbers.worked.lead')}>
                {(isEverywhere ? locations : [location]).map((place) => (
                  <div key={place.id}>
                    {isEverywhere ? <h3 className="mt-3 mb-1 text-xs font-semibold text-muted">{place.name}</h3> : null}
                    <WorkedHours locationId={place.id} {...daysAt(place)} techId={techId} />
                  </div>
                ))}
              </NumbersPanel>
            ) : null}
            <Charts stats={data} figures={figures} range={data} />
          </div>
        </div>
      )}
      {data && shown ? (
        <FigureSheet
          figure={shown}
          asked={isNow ? askedNow : { ...asked, from: data.from, to: data.to }}
          today={data.today}
          currency={data.location.currency}
          whose={whose}
          onClose={() => setOpened(null)}
        />
      ) : null}
    </div>
  );
}

function figuresOf(stats: Stats | undefined): ReadonlyMap<string, ComparedFigure> {
  return new Map(stats?.figures.map((figure) => [figure.formula.key, figure]));
}

function NumbersSkeleton() {
  return (
    <div role="status" aria-label={t('numbers.loading')} className="grid grid-cols-2 gap-3 p-4 sm:p-6 @3xl:grid-cols-4">
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} className="h-26 rounded-panel" />
      ))}
    </div>
  );
}
