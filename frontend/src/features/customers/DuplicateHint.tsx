import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { Suspense, lazy, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { t } from '@/i18n/t';
import { formatPhone } from '@/lib/phone';
import type { Customer } from '@/types';
import { customerQueries } from './queries';

/** Seldom opened: pages begin without it. */
export const MergeDialog = lazy(() => import('./MergeDialog').then((module) => ({ default: module.MergeDialog })));

/** More would be a wall; the merge dialog finds the others. */
const SHOWN = 3;

/** Says when the same person seems to be on file twice. A name alone is no reason: many people share theirs. */
export function DuplicateHint({ customer }: { customer: Customer }) {
  const duplicates = useQuery(customerQueries.duplicates(customer.id));
  const [compared, setCompared] = useState<string | null>(null);
  const likely = (duplicates.data ?? []).filter((one) => one.matchedOn.includes('phone') || one.matchedOn.includes('email'));
  if (likely.length === 0) return null;

  return (
    <section aria-label={t('duplicates.title', { count: likely.length })} className="rounded-panel border border-line bg-warning-soft px-4 py-3 text-warning">
      <p className="flex items-center gap-2 font-semibold">
        <Copy size={16} aria-hidden />
        {t('duplicates.title', { count: likely.length })}
      </p>
      <ul role="list" className="mt-1 flex flex-col gap-1">
        {likely.slice(0, SHOWN).map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <span className="min-w-0">
              <span className="font-medium">{one.name}</span>
              {' · '}
              {[formatPhone(one.phone), one.matchedOn.map((field) => sameWords(field)).join(', '), t('merge.vehicles', { count: one.vehicleCount })]
                .filter(Boolean)
                .join(' · ')}
            </span>
            <Button size="sm" aria-label={t('duplicates.compareWith', { name: one.name })} onClick={() => setCompared(one.id)}>
              {t('duplicates.compare')}
            </Button>
          </li>
        ))}
      </ul>
      <Suspense fallback={null}>{compared ? <MergeDialog customer={customer} duplicateId={compared} onClose={() => setCompared(null)} /> : null}</Suspense>
    </section>
  );
}

const SAME = { phone: 'duplicates.same.phone', email: 'duplicates.same.email', name: 'duplicates.same.name' } as const;

function sameWords(field: string): string {
  return field in SAME ? t(SAME[field as keyof typeof SAME]) : field;
}
