import type { ReactNode } from 'react';
import type { WallCard } from '@/types';
import type { ViewKey } from './views';
import { WallCar } from './WallCar';

interface WallColumnProps {
  id: string;
  heading: ReactNode;
  /** What stands there while it has no car. */
  empty: string | null;
  cards: readonly WallCard[];
  now: number;
  zone: string;
  view: ViewKey;
}

/** A column of cars under its heading; how many fit is asked by who made the pages. */
export function WallColumn({ id, heading, empty, cards, now, zone, view }: WallColumnProps) {
  return (
    <section aria-labelledby={id} className="flex min-h-0 min-w-0 flex-col gap-[0.75rem]">
      <h2 id={id} className="flex items-center gap-[0.75rem] text-[1.75rem] leading-tight font-semibold">
        {heading}
      </h2>
      <div className="min-h-0 flex-1 overflow-hidden">
        {cards.length === 0 ? (
          <p className="text-[1.75rem] text-muted">{empty}</p>
        ) : (
          <ul role="list" className="flex flex-col gap-[0.75rem]">
            {cards.map((card) => (
              <WallCar key={card.id} card={card} now={now} zone={zone} view={view} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
