import { ChevronLeft, ChevronRight, Link2, MoreHorizontal, Tag, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '@/components/ui/IconButton';
import type { MenuItem } from '@/components/ui/Menu';
import { Menu } from '@/components/ui/Menu';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { formatPhone } from '@/lib/phone';

export interface DrawerTitle {
  number: number;
  vehicle: string;
  plate: string | null;
  customer: string | null;
  phone: string | null;
  keyTag: string | null;
}

interface DrawerHeaderProps {
  id: string;
  title: DrawerTitle | null;
  /** What stands in its place when the job can't be shown. */
  heading?: string | undefined;
  previous: (() => void) | null;
  next: (() => void) | null;
  onClose: () => void;
  onDelete: (() => void) | null;
  /** A job that is gone has nothing to copy or delete. */
  hasMenu?: boolean;
  /** What it costs and what is paid, for those who see money. */
  money?: ReactNode;
  children?: ReactNode;
}

function copyLink(): void {
  const url = new URL(window.location.href);
  navigator.clipboard.writeText(url.href).then(
    () => toast({ tone: 'success', title: t('drawer.copied') }),
    () => toast({ tone: 'info', title: t('drawer.copyFailed') }),
  );
}

/** Which job this is; painted from the board's card while the rest is on its way. */
export function DrawerHeader({ id, title, heading, previous, next, onClose, onDelete, hasMenu = true, money, children }: DrawerHeaderProps) {
  const number = title ? String(title.number) : '';
  const items: MenuItem[] = [{ id: 'copy', label: t('drawer.copyLink'), icon: Link2, onSelect: copyLink }];
  if (onDelete) items.push({ id: 'delete', label: t('drawer.delete'), icon: Trash2, isDanger: true, onSelect: onDelete });
  return (
    <header className="shrink-0 px-4 pt-2 pb-3">
      <div className="-mx-2 flex items-center">
        {previous || next ? (
          <>
            <IconButton icon={ChevronLeft} label={t('drawer.previous')} disabled={!previous} onClick={() => previous?.()} />
            <IconButton icon={ChevronRight} label={t('drawer.next')} disabled={!next} onClick={() => next?.()} />
          </>
        ) : null}
        <span className="tabular ml-2 shrink-0 text-muted">{title ? t('drawer.label', { number }) : null}</span>
        {title?.keyTag ? (
          <span className="ml-3 inline-flex min-w-0 items-center gap-1 font-medium" title={title.keyTag}>
            <Tag size={14} aria-hidden className="shrink-0 text-muted" />
            <span className="sr-only">{t('field.keyTag')}</span>
            <span className="truncate">{title.keyTag}</span>
          </span>
        ) : null}
        <span className="ml-auto flex shrink-0">
          {hasMenu ? (
            <Menu label={t('drawer.more', { number })} items={items}>
              {(trigger) => <IconButton icon={MoreHorizontal} label={t('drawer.more', { number })} {...trigger} />}
            </Menu>
          ) : null}
          <IconButton icon={X} label={t('action.close')} onClick={onClose} />
        </span>
      </div>
      <div className="flex items-center gap-2">
        <h2 id={id} tabIndex={-1} className="min-w-0 truncate text-lg font-semibold">
          {title?.vehicle ?? heading ?? t('drawer.loading')}
        </h2>
        {title?.plate && title.plate !== title.vehicle ? (
          <span className="shrink-0 rounded-chip border border-line-strong px-1 font-mono text-xs leading-4 text-muted">{title.plate}</span>
        ) : null}
      </div>
      <p className="flex min-h-5 items-baseline gap-x-3 text-muted max-sm:flex-wrap">
        <span className="min-w-0 truncate">{title ? (title.customer ?? t('card.noCustomer')) : null}</span>
        {title?.phone ? (
          <a href={`tel:${title.phone}`} className="tabular shrink-0 text-primary hover:underline pointer-coarse:-my-3 pointer-coarse:py-3">
            {formatPhone(title.phone)}
          </a>
        ) : null}
        <span className="ml-auto shrink-0">{money}</span>
      </p>
      <div className="mt-3 flex min-h-9 flex-wrap items-center gap-2">{children}</div>
    </header>
  );
}
