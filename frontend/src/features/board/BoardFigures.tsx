import { Money } from '@/components/ui/Money';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import type { BoardCard } from '@/types';
import { dueCents } from './card-words';
import { isOnPremises } from './order';

interface BoardFiguresProps {
  cards: readonly BoardCard[];
  /** How many of them the filters show; null when nothing is filtered. */
  shown: number | null;
}

/** The day in four numbers. */
export function BoardFigures({ cards, shown }: BoardFiguresProps) {
  const now = useNow();
  const live = cards.filter((card) => card.status !== 'CANCELED' && card.status !== 'NO_SHOW');
  const late = live.filter(
    (card) => card.status !== 'COMPLETED' && card.promisedAt !== null && Date.parse(card.promisedAt) < now - 60_000,
  ).length;
  const due = cards.reduce((sum, card) => sum + dueCents(card), 0);
  const seesMoney = cards.some((card) => card.totalCents !== undefined);
  if (shown !== null) {
    return <p className="shrink-0 text-muted">{t('board.filter.shown', { shown, count: cards.length })}</p>;
  }
  return (
    <ul role="list" className="flex shrink-0 items-center gap-4 text-muted max-lg:hidden">
      <Figure value={live.length} word={t('board.kpi.jobs', { count: live.length })} />
      <Figure value={cards.filter(isOnPremises).length} word={t('board.kpi.premises')} />
      {late > 0 ? <Figure value={late} word={t('board.kpi.late')} isAlarming /> : null}
      {seesMoney && due > 0 ? <Figure value={<Money cents={due} whole />} word={t('board.kpi.due')} /> : null}
    </ul>
  );
}

function Figure({ value, word, isAlarming = false }: { value: React.ReactNode; word: string; isAlarming?: boolean }) {
  return (
    <li className={isAlarming ? 'whitespace-nowrap text-danger' : 'whitespace-nowrap'}>
      <span className={isAlarming ? 'tabular font-semibold' : 'tabular font-semibold text-ink'}>{value}</span> {word}
    </li>
  );
}
