import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  detail?: string;
  action?: ReactNode;
  /** It is the whole page: its title is the page's heading. */
  isPage?: boolean;
}

export function EmptyState({ icon: Icon, title, detail, action, isPage = false }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      {Icon ? (
        <span className="mb-1 flex size-11 items-center justify-center rounded-full bg-sunken text-muted">
          <Icon size={22} aria-hidden />
        </span>
      ) : null}
      <Title className="text-base font-semibold">{title}</Title>
      {detail ? <p className="max-w-[44ch] text-muted">{detail}</p> : null}
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
