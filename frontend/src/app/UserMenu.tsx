import { clsx } from 'clsx';
import { BookOpen, HardHat, Keyboard, KeyRound, LogOut, Monitor, Moon, Sun, Tablet, Type } from 'lucide-react';
import { Suspense, lazy, useState } from 'react';
import { useNavigate } from 'react-router';
import { Menu } from '@/components/ui/Menu';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { setSingleKeys, useSingleKeys } from '@/lib/hotkeys';
import { useMedia } from '@/lib/media';
import { initials } from '@/lib/names';
import type { ThemeChoice } from '@/lib/theme';
import { useTheme } from '@/lib/theme';
import { pagesFor, worksOnTablet } from './pages';

const ChangePassword = lazy(() =>
  import('@/features/account/ChangePasswordDialog').then((module) => ({ default: module.ChangePasswordDialog })),
);

const ChangePin = lazy(() => import('@/features/account/ChangePinDialog').then((module) => ({ default: module.ChangePinDialog })));

const loadTabletStore = () => import('@/lib/tablet-store');
const WaitingDialog = lazy(() => import('@/features/account/WaitingDialog').then((module) => ({ default: module.WaitingDialog })));

const THEMES: { choice: ThemeChoice; icon: typeof Sun }[] = [
  { choice: 'light', icon: Sun },
  { choice: 'dark', icon: Moon },
  { choice: 'system', icon: Monitor },
];

export function UserMenu({ isWide, onKeys }: { isWide: boolean; onKeys: () => void }) {
  const { can, me, signOut } = useSession();
  const navigate = useNavigate();
  const theme = useTheme();
  const letters = useSingleKeys();
  const isNarrow = useMedia('(max-width: 767px)');
  const { user } = me;
  const [isChanging, setChanging] = useState(false);
  const [isPin, setPin] = useState(false);
  /** Changes that wait on this device, while the person is asked whether to go all the same. */
  const [leaving, setLeaving] = useState(0);
  const leave = (): void => {
    signOut().then(
      async () => (await loadTabletStore()).closeTablet(),
      (error: unknown) => void toast({ tone: 'error', title: errorWords(error) }),
    );
  };

  return (
    <>
      <Menu
        label={t('shell.user', { name: user.name })}
        items={[
          ...THEMES.map(({ choice, icon }) => ({
            id: choice,
            label: t(`shell.theme.${choice}`),
            icon,
            isCurrent: theme.choice === choice,
            onSelect: () => theme.setTheme(choice),
          })),
          'separator',
          { id: 'keys', label: t('shell.shortcuts'), icon: Keyboard, letter: '?', onSelect: onKeys },
          {
            id: 'letters',
            label: t(letters ? 'shell.singleKeys.off' : 'shell.singleKeys.on'),
            icon: Type,
            onSelect: () => {
              setSingleKeys(!letters);
              toast({ tone: 'info', title: t(letters ? 'shell.singleKeys.nowOff' : 'shell.singleKeys.nowOn') });
            },
          },
          { id: 'docs', label: t('shell.apiDocs'), icon: BookOpen, onSelect: () => window.open('/api/docs', '_blank', 'noopener') },
          'separator',
          // A phone's bar of pages has no room for them.
          ...(isNarrow
            ? pagesFor(can, me.flags)
                .filter((page) => page.isMinor)
                .map(({ path, word, icon }) => ({ id: path, label: t(word), icon, onSelect: () => void navigate(path) }))
            : []),
          ...(can('inspection:fill') && me.flags.inspections && !worksOnTablet(can, me.flags)
            ? [{ id: 'tablet', label: t('nav.tablet'), icon: HardHat, onSelect: () => window.location.assign('/tech') }]
            : []),
          ...(can('inspection:fill') ? [{ id: 'pin', label: t('account.pin'), icon: Tablet, onSelect: () => setPin(true) }] : []),
          { id: 'password', label: t('account.password'), icon: KeyRound, onSelect: () => setChanging(true) },
          {
            id: 'out',
            label: t('shell.signOut'),
            icon: LogOut,
            onSelect: () => {
              // Where its code does not come, there is no network to sign out by either.
              void loadTabletStore()
                .then((store) => store.countWaiting(user.id), () => 0)
                .then((count) => (count > 0 ? setLeaving(count) : leave()));
            },
          },
        ]}
      >
        {(trigger) => (
          <button
            type="button"
            {...trigger}
            aria-label={t('shell.user', { name: user.name })}
            title={user.name}
            className={clsx(
              'flex h-11 items-center gap-2.5 rounded-control px-1 text-left hover:bg-hover max-md:w-12 max-md:justify-center',
              !isWide && 'md:justify-center',
            )}
          >
            <span
              aria-hidden
              className="flex size-8 shrink-0 items-center justify-center rounded-full bg-info-soft text-xs font-semibold text-info"
            >
              {initials(user.name)}
            </span>
            {isWide ? (
              <span className="hidden min-w-0 md:block">
                <span className="block truncate font-medium">{user.name}</span>
                <span className="block truncate text-xs text-muted">{t(`role.${user.role}`)}</span>
              </span>
            ) : null}
          </button>
        )}
      </Menu>
      <Suspense fallback={null}>
        {isChanging ? <ChangePassword onClose={() => setChanging(false)} /> : null}
        {leaving > 0 ? <WaitingDialog count={leaving} onClose={() => setLeaving(0)} onLeave={leave} /> : null}
        {isPin ? <ChangePin onClose={() => setPin(false)} /> : null}
      </Suspense>
    </>
  );
}
