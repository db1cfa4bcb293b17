import { TriangleAlert } from 'lucide-react';
import type { BooksFault } from '@/types';

/** Where a cent is off, row by row. */
export function Faults({ title, detail, faults }: { title: string; detail: string; faults: readonly Pick<BooksFault, 'number' | 'kind' | 'words'>[] }) {
  return (
    <div role="alert" className="rounded-control bg-danger-soft px-4 py-3">
      <p className="flex items-center gap-2 font-medium text-danger">
        <TriangleAlert size={16} aria-hidden className="shrink-0" />
        {title}
      </p>
      <p className="mt-1 text-ink">{detail}</p>
      <ul className="mt-2 list-disc pl-5 text-ink">
        {faults.map((fault) => (
          <li key={`${fault.kind} ${fault.number}`}>{fault.words}</li>
        ))}
      </ul>
    </div>
  );
}
