import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { CircleAlert, Cloud, CloudUpload, GitCompareArrows, TabletSmartphone } from 'lucide-react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { WordKey } from '@/i18n/en';
import type { RecordState } from '@/offline/types';

const LOOK: Record<NonNullable<RecordState> | 'stored', { word: WordKey; icon: LucideIcon; className: string }> = {
  here: { word: 'tablet.state.here', icon: TabletSmartphone, className: 'text-warning' },
  sending: { word: 'tablet.state.sending', icon: CloudUpload, className: 'text-info' },
  stored: { word: 'tablet.state.stored', icon: Cloud, className: 'text-success' },
  refused: { word: 'tablet.state.refused', icon: CircleAlert, className: 'text-danger' },
  conflict: { word: 'tablet.state.conflict', icon: GitCompareArrows, className: 'text-danger' },
};

/** Where a record is: on this tablet, on its way, in the shop, or in need of somebody. */
export function StateMark({ state, words }: { state: RecordState | undefined; words?: string | undefined }) {
  const { word, icon: Icon, className } = LOOK[state ?? 'stored'];
  return (
    <span className={clsx('inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap', className)}>
      <Icon size={18} aria-hidden className="shrink-0" />
      {words ?? t(word)}
    </span>
  );
}
