import { useEffect, useRef } from 'react';
import { moneyText } from '@/lib/money';
import { say } from './say';

/** After the answer: that it arrived, and what it comes to. It takes the focus, so that everybody hears it. */
export function Done({ cents, currency }: { cents: number; currency: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <section aria-label={say('visit.done.title')} className="flex flex-col gap-1 rounded-panel bg-success-soft p-4 text-success">
      <h2 ref={heading} tabIndex={-1} className="text-xl font-semibold">
        {say('visit.done.title')}
      </h2>
      <p>{say('visit.done.sent')}</p>
      {cents ? <p className="font-semibold tabular">{say('visit.done.approved', { money: moneyText(cents, currency) })}</p> : null}
      <p>{say('visit.done.nothing')}</p>
    </section>
  );
}
