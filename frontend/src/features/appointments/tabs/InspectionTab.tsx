import type { LucideIcon } from 'lucide-react';
import { Circle, CircleAlert, CircleCheck, CircleX, ClipboardCheck, MinusCircle } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { EmptyState } from '@/components/ui/EmptyState';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useEdit } from '../EditContext';

interface ResultLook {
  word: WordKey;
  tone: BadgeTone;
  icon: LucideIcon;
}
const OPEN: ResultLook = { word: 'inspection.open', tone: 'neutral', icon: Circle };
const RESULTS: Record<string, ResultLook> = {
  pass: { word: 'inspection.pass', tone: 'success', icon: CircleCheck },
  attention: { word: 'inspection.attention', tone: 'warning', icon: CircleAlert },
  fail: { word: 'inspection.fail', tone: 'danger', icon: CircleX },
  not_applicable: { word: 'inspection.not_applicable', tone: 'neutral', icon: MinusCircle },
};

/** The checklists of this visit and what was found. */
export function InspectionTab() {
  const { checklists } = useEdit().data;
  if (checklists.length === 0) {
    return <EmptyState icon={ClipboardCheck} title={t('inspection.empty.title')} detail={t('inspection.empty.detail')} />;
  }
  return (
    <div className="flex flex-col gap-6 px-4 py-4">
      {checklists.map((list) => (
        <section key={list.id}>
          <h3 className="flex items-baseline justify-between gap-3 font-semibold">
            {list.title}
            <span className="tabular text-xs font-normal text-muted">
              {t('inspection.progress', { done: list.items.filter((item) => item.result).length, count: list.items.length })}
            </span>
          </h3>
          <ul role="list" className="mt-1 divide-y divide-line">
            {list.items.map((item) => {
              const look = (item.result ? RESULTS[item.result] : undefined) ?? OPEN;
              return (
                <li key={item.id} className="flex items-start justify-between gap-3 py-2">
                  <span className="min-w-0">
                    {item.label}
                    {item.note ? <span className="block text-muted">{item.note}</span> : null}
                  </span>
                  <Badge tone={look.tone} icon={look.icon}>
                    {t(look.word)}
                  </Badge>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}
