import { Check, TrendingDown, TrendingUp } from 'lucide-react';
import { Badge } from '@/components/ui/Badge';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';

/** What is over or short, by sign and word; nothing for what was not counted. */
export function Difference({ cents, currency }: { cents: number | null; currency: string }) {
  if (cents === null) return <span className="text-muted">{t('day.notCounted')}</span>;
  if (cents === 0) {
    return (
      <Badge tone="success" icon={Check}>
        {t('day.even')}
      </Badge>
    );
  }
  return (
    <Badge tone={cents > 0 ? 'warning' : 'danger'} icon={cents > 0 ? TrendingUp : TrendingDown}>
      {t(cents > 0 ? 'day.over' : 'day.short', { amount: moneyText(Math.abs(cents), currency) })}
    </Badge>
  );
}
