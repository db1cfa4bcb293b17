import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  detail?: string;
  action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, detail, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      {Icon ? (
        <span className="mb-1 flex size-11 items-center justify-center rounded-full bg-sunken text-muted">
          <Icon size={22} aria-hidden />
        </span>
      ) : null}
      <p className="text-base font-semibold">{title}</p>
      {detail ? <p className="max-w-[44ch] text-muted">{detail}</p> : null}
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
