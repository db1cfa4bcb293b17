import { useRef, useState } from 'react';
import { moneyText } from '@/lib/money';
import type { Estimate as Shown, VisitPage } from './api';
import { approving, awaitsPrice, chosenOf, groupsOf, isOpen, keptPicks, stillStands, sumOf, withoutReason, type Picks, type Sent } from './choices';
import { Done } from './Done';
import { GroupCard } from './GroupCard';
import { Note } from './parts';
import { say } from './say';
import { Sign } from './Sign';

interface EstimateProps {
  page: VisitPage;
  estimate: Shown;
  show: (page: VisitPage) => void;
}

/** The jobs, what the customer is about to say to each, and the place to sign. */
export function Estimate({ page, estimate, show }: EstimateProps) {
  const [picks, setPicks] = useState<Picks>({});
  const [done, setDone] = useState<{ cents: number; sent: Sent } | null>(null);
  const [isNew, setIsNew] = useState(false);
  const [asksWhy, setAsksWhy] = useState<readonly string[]>([]);
  const sign = useRef<HTMLElement>(null);
  const groups = groupsOf(estimate.jobs);
  const kept = keptPicks(picks, groups);
  const total = sumOf(approving(groups, kept));
  const declined = Object.values(kept).filter((pick) => pick.decision === 'declined').length;
  const { currency } = page.shop;
  const hasPicks = Object.keys(kept).length > 0;

  const answered = (news: VisitPage): void => {
    setDone({ cents: total, sent: Object.values(kept) });
    setPicks({});
    setIsNew(false);
    setAsksWhy([]);
    show(news);
  };
  const changed = (news: VisitPage): void => {
    setIsNew(true);
    show(news);
  };

  return (
    <>
      {done && stillStands(done.sent, estimate.jobs) ? <Done cents={done.cents} currency={currency} /> : null}
      {done && !stillStands(done.sent, estimate.jobs) ? (
        <Note tone="warning" isAlert>
          {say('visit.done.over')}
        </Note>
      ) : null}
      {isNew ? (
        <Note tone="warning" isAlert>
          {say('visit.news')}
        </Note>
      ) : null}
      <section aria-label={say(estimate.isOpen ? 'visit.work' : 'visit.work.closed')} className="flex flex-col gap-3">
        <h2 className="text-lg font-semibold">{say(estimate.isOpen ? 'visit.work' : 'visit.work.closed')}</h2>
        {groups.map((group) => (
          <GroupCard
            key={group.key}
            group={group}
            pick={kept[group.key] ?? null}
            isOpen={estimate.isOpen && isOpen(group)}
            canAsk={estimate.isOpen && (isOpen(group) || awaitsPrice(group))}
            currency={currency}
            zone={page.shop.timezone}
            lacksReason={asksWhy.includes(group.key) && withoutReason([group], kept).length > 0}
            onPick={(pick) => {
              setDone(null);
              setPicks(pick ? { ...kept, [group.key]: pick } : Object.fromEntries(Object.entries(kept).filter(([key]) => key !== group.key)));
            }}
            show={show}
          />
        ))}
      </section>
      {hasPicks ? (
        <div className="sticky bottom-0 z-10 -mx-4 border-y border-line bg-raised px-4 py-3 shadow-menu">
          <div className="flex items-center justify-between gap-3">
            <p aria-live="polite" className="min-w-0">
              <span className="block font-semibold tabular">{say('visit.bar.total', { money: moneyText(total, currency) })}</span>
              {declined ? <span className="block text-sm text-muted">{say('visit.bar.declining', { count: declined })}</span> : null}
            </p>
            <button
              type="button"
              className="min-h-12 shrink-0 rounded-control bg-primary px-3 font-semibold text-on-primary hover:bg-primary-hover"
              onClick={() => {
                sign.current?.scrollIntoView({ block: 'start' });
                sign.current?.querySelector('h2')?.focus();
              }}
            >
              {say('visit.sign.go')}
            </button>
          </div>
        </div>
      ) : null}
      {estimate.isOpen && (hasPicks || groups.some((group) => isOpen(group) && chosenOf(group).approval === 'pending')) ? (
        <Sign ref={sign} page={page} estimate={estimate} groups={groups} picks={kept} onAnswered={answered} onChanged={changed} onTried={setAsksWhy} show={show} />
      ) : null}
    </>
  );
}
