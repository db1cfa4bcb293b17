import { DoorClosed, RefreshCw } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { bigClasses } from './big';
import { leave } from './enter';
import { isPinSession } from './session';
import { keeper, useWork } from './work';

/** The shop knows who it is and shows them nothing: why, and the way out. */
export function NoEntry() {
  const { refusal, ownPage, operations } = useWork();
  return (
    <main className="overflow-y-auto">
      <EmptyState
        isPage
        icon={DoorClosed}
        title={t('tablet.in.refused')}
        detail={[refusal, operations.length > 0 ? `${t('tablet.in.waiting', { count: operations.length })}.` : null].filter(Boolean).join(' ')}
        action={
          <>
            <button type="button" className={bigClasses('plain')} onClick={keeper.sync}>
              <RefreshCw aria-hidden size={20} />
              {t('tablet.queue.sync')}
            </button>
            {isPinSession() ? null : (
              <a href={ownPage} className={bigClasses('plain')}>
                {t('tablet.in.ownPage')}
              </a>
            )}
            <button type="button" className={bigClasses('primary')} onClick={() => void leave()}>
              {t(isPinSession() ? 'tablet.menu.lock' : 'tablet.menu.signOut')}
            </button>
          </>
        }
      />
    </main>
  );
}
