import { HardHat, Lock, LogOut, PanelLeft, PanelRight } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Menu } from '@/components/ui/Menu';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { initials } from '@/lib/names';
import { leave } from './enter';
import { isPinSession } from './session';
import { setSide, useSide } from './side';
import { useWork } from './work';

/** Who works here now; and the ways out, which say what has not reached the shop yet. */
export function PersonMenu() {
  const { person, operations, connection } = useWork();
  const side = useSide();
  const [isLeaving, setLeaving] = useState(false);
  if (!person) return null;
  const isPin = isPinSession();
  const other = side === 'right' ? 'left' : 'right';
  return (
    <>
      <Menu
        label={t('tablet.menu', { name: person.name })}
        items={[
          {
            id: 'side',
            label: t(`tablet.menu.${other}`),
            icon: other === 'left' ? PanelLeft : PanelRight,
            onSelect: () => setSide(other),
          },
          ...(isPin ? [] : [{ id: 'board', label: t('tablet.menu.board'), icon: HardHat, onSelect: () => window.location.assign('/board') }]),
          'separator',
          {
            id: 'leave',
            label: t(isPin ? 'tablet.menu.lock' : 'tablet.menu.signOut'),
            icon: isPin ? Lock : LogOut,
            onSelect: () => (operations.length > 0 || connection === 'offline' ? setLeaving(true) : void leave()),
          },
        ]}
      >
        {(trigger) => (
          <button
            type="button"
            {...trigger}
            aria-label={t('tablet.menu', { name: person.name })}
            className="flex h-11 shrink-0 items-center gap-2 rounded-control px-2 font-medium hover:bg-hover max-sm:px-1"
          >
            <span aria-hidden className="flex size-8 items-center justify-center rounded-full bg-info-soft text-sm font-semibold text-info">
              {initials(person.name)}
            </span>
            <span className="max-lg:sr-only">{person.name}</span>
          </button>
        )}
      </Menu>
      {isLeaving ? (
        <Dialog
          title={operations.length > 0 ? t('leave.title', { count: operations.length }) : t('tablet.leave.title')}
          size="sm"
          onClose={() => setLeaving(false)}
          footer={
            <>
              <Button onClick={() => setLeaving(false)}>{t('leave.stay')}</Button>
              <Button tone="danger" onClick={() => void leave()}>
                {t(isPin ? 'tablet.leave.lock' : 'leave.signOut')}
              </Button>
            </>
          }
        >
          {operations.length > 0 ? <p>{t('leave.detail')}</p> : null}
          {connection === 'offline' ? <p className="mt-2 font-medium">{t('tablet.leave.offline')}</p> : null}
        </Dialog>
      ) : null}
    </>
  );
}
