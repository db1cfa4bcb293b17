import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useId } from 'react';
import { Button } from '@/components/ui/Button';
import { Drawer } from '@/components/ui/Drawer';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { askAgain } from '@/lib/query-client';
import { numbersKeys } from '@/lib/query-keys';
import { formatDays } from '@/lib/time';
import type { ComparedFigure, Figure } from '@/types';
import { FigureRowList } from './FigureRowList';
import { figureName } from './FigureTile';
import { exactText, figureText, weightText } from './figure-words';
import type { Asked } from './queries';
import { numbersQueries } from './queries';
import { RowsDownload } from './RowsDownload';

interface FigureSheetProps {
  /** The figure as its tile shows it. */
  figure: ComparedFigure;
  asked: Asked;
  today: string;
  currency: string;
  /** Location and technician in words. */
  whose: string;
  onClose: () => void;
}

/** A figure's own working: formula in words, what it is of, and the rows that add up to it. */
export function FigureSheet({ figure: tile, asked, today, currency, whose, onClose }: FigureSheetProps) {
  const id = useId();
  const client = useQueryClient();
  const rows = useInfiniteQuery(numbersQueries.rows(tile.formula.key, asked));
  // The rows are of this moment. The tile may be a moment older: it then asks again, so that both say the same.
  const figure: Figure = rows.data?.pages[0]?.figure ?? tile;
  const isTileOld = figure.numerator !== tile.numerator || figure.denominator !== tile.denominator;
  useEffect(() => {
    if (isTileOld) askAgain(client, numbersKeys.stats({ ...asked }));
    // Once for each difference: the answer may be kept for longer than this sheet is open.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isTileOld]);
  const { formula } = figure;
  const name = figureName(formula.key);
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const isQuotient = formula.weightUnit !== null;

  return (
    <Drawer labelledBy={id} onClose={onClose}>
      <header className="flex shrink-0 items-start justify-between gap-3 border-b border-line py-3 pr-2 pl-5">
        <div className="min-w-0">
          <h2 id={id} className="text-muted">
            {name}
          </h2>
          <p className="tabular text-2xl font-semibold">{figureText(figure.value, formula.unit, currency)}</p>
          {isQuotient ? (
            <p className="tabular text-muted">
              {t('numbers.sheet.result', {
                above: exactText(figure.numerator, formula.rowUnit, currency),
                below: weightText(figure.denominator, formula, currency),
              })}
            </p>
          ) : null}
        </div>
        <IconButton icon={X} label={t('action.close')} onClick={onClose} />
      </header>
      <div className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <dl className="flex flex-col gap-3 px-5 py-4">
          <div>
            <dt className="text-xs font-medium text-muted">{t('numbers.sheet.formula')}</dt>
            <dd className="max-w-[60ch]">{formula.words}</dd>
            <dd className="text-xs text-muted">{t('numbers.sheet.version', { key: formula.key, version: String(formula.version) })}</dd>
          </div>
          <div>
            <dt className="text-xs font-medium text-muted">{t('numbers.sheet.what')}</dt>
            <dd>{[formatDays(asked.from, asked.to, today), whose].join(' · ')}</dd>
          </div>
        </dl>
        {items.length > 0 ? (
          <div className="px-5 pb-4">
            <RowsDownload figureKey={formula.key} name={name} asked={asked} />
          </div>
        ) : null}
        {rows.isPending ? (
          <div className="px-5 pb-5">
            <SkeletonLines lines={6} label={t('numbers.sheet.loading')} />
          </div>
        ) : !rows.data ? (
          <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />
        ) : items.length === 0 ? (
          <p className="px-5 pb-5 text-muted">{t('numbers.sheet.none')}</p>
        ) : (
          <FigureRowList figure={figure} items={items} today={today} currency={currency} onOpened={onClose} />
        )}
        {rows.hasNextPage ? (
          <div className="border-t border-line p-3 text-center">
            <Button isPending={rows.isFetchingNextPage} pendingLabel={t('app.loading')} onClick={() => void rows.fetchNextPage()}>
              {t('numbers.sheet.more')}
            </Button>
          </div>
        ) : null}
      </div>
    </Drawer>
  );
}
