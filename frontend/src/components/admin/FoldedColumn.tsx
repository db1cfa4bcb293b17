import { clsx } from 'clsx';
import { useRef } from 'react';
import type { CanDrop } from '@/features/board/useCardDrag';
import { useLaneDrop } from '@/features/board/useCardDrag';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import type { BoardColumn, Status } from '@/types';

interface FoldedColumnProps {
  column: BoardColumn;
  canDrop: CanDrop;
  dragging: Status | null;
  onUnfold: () => void;
}

/** A lane folded to a rail: its state and count; a card can be dropped on it. */
export function FoldedColumn({ column, canDrop, dragging, onUnfold }: FoldedColumnProps) {
  const lane = useRef<HTMLButtonElement>(null);
  const { isOver } = useLaneDrop(lane, null, { status: column.key, canDrop });
  const look = STATUS[column.key];
  const Icon = look.icon;
  const title = t(look.word);
  const isRefusing = dragging !== null && !canDrop(dragging, column.key);
  return (
    <button
      ref={lane}
      type="button"
      data-column={column.key}
      onClick={onUnfold}
      aria-expanded={false}
      aria-label={t('column.expand', { title, jobs: t('column.jobs', { count: column.count }) })}
      title={title}
      className={clsx(
        'flex h-full w-11 shrink-0 flex-col items-center gap-3 rounded-panel bg-sunken py-3 hover:bg-hover',
        isOver && 'outline-2 outline-primary',
        isRefusing && 'opacity-45',
      )}
    >
      <span className={clsx('flex size-6 items-center justify-center rounded-full', look.pill)}>
        <Icon size={14} aria-hidden />
      </span>
      <span className="tabular font-medium">{column.count}</span>
      <span className="font-medium text-muted [writing-mode:vertical-rl]">{title}</span>
    </button>
  );
}
