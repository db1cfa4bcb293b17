import type { ReactNode } from 'react';
import { useId } from 'react';

/** A titled part of the customer page. */
export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-panel border border-line bg-surface shadow-card">
      <header className="flex min-h-12 items-center justify-between gap-2 py-1.5 pr-2 pl-4">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
