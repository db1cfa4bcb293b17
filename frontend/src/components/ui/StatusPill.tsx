import { clsx } from 'clsx';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import type { Status } from '@/types';

export function StatusPill({ status, size = 'md' }: { status: Status; size?: 'md' | 'sm' }) {
  const look = STATUS[status];
  const Icon = look.icon;
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 rounded-full font-semibold whitespace-nowrap',
        size === 'md' ? 'h-6 px-2.5 text-sm' : 'h-5 px-2 text-xs',
        look.pill,
      )}
    >
      <Icon size={size === 'md' ? 14 : 12} aria-hidden />
      {t(look.word)}
    </span>
  );
}
