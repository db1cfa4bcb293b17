import { clsx } from 'clsx';
import { ChevronsLeft, ChevronsRight, MapPin, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { NavLink, useLocation } from 'react-router';
import { Menu } from '@/components/ui/Menu';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { readStored, writeStored } from '@/lib/stored';
import { InboxBadge } from './InboxBadge';
import { Mark } from './Mark';
import { pagesFor } from './pages';
import { UserMenu } from './UserMenu';

const ROW =
  'flex shrink-0 h-10 w-full items-center gap-3 rounded-control px-2.5 text-muted hover:bg-hover hover:text-ink pointer-coarse:h-12 rail-row motion-safe:transition-colors motion-safe:duration-[120ms]';

interface RailProps {
  onKeys: () => void;
  onPalette: (() => void) | null;
  onPalettePoint: () => void;
}

/** The main menu: a rail at the left, a bar at the bottom of a phone. */
export function Rail({ onKeys, onPalette, onPalettePoint }: RailProps) {
  const { can, me } = useSession();
  const [isWide, setWide] = useState(readStored('rail') === 'wide');
  const pages = pagesFor(can, me.flags);
  const toggle = (): void => {
    writeStored('rail', isWide ? null : 'wide');
    setWide(!isWide);
  };
  // A phone's bar holds more pages than fit: it slides to the one that is open.
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    list.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  const words = clsx('truncate', isWide ? 'md:inline' : 'md:sr-only');

  return (
    <nav
      aria-label={t('nav.label')}
      data-no-print
      className={clsx(
        'flex shrink-0 border-line bg-surface max-md:h-14 max-md:items-center max-md:border-t max-md:px-1 max-md:pb-[env(safe-area-inset-bottom)]',
        'md:flex-col md:gap-1 md:border-r md:p-2 rail',
        // With 8 px at each side, what is pressed by a finger is 48 px wide.
        isWide ? 'md:w-60' : 'md:w-14 md:pointer-coarse:w-16',
      )}
    >
      <div className={clsx('hidden h-10 items-center gap-2.5 md:flex', isWide ? 'px-1' : 'justify-center')}>
        <Mark color={me.brand.color} name={isWide ? undefined : me.brand.name} size={30} />
        {isWide ? <span className="truncate text-base font-semibold">{me.brand.name}</span> : null}
      </div>
      <LocationSwitch isWide={isWide} />
      {onPalette ? (
        <button
          type="button"
          onClick={onPalette}
          onPointerEnter={onPalettePoint}
          onFocus={onPalettePoint}
          title={t('shell.search')}
          className={clsx(ROW, 'max-md:hidden')}
        >
          <Search size={18} aria-hidden className="shrink-0" />
          <span className={words}>{t('shell.search')}</span>
        </button>
      ) : null}
      <ul
        ref={list}
        role="list"
        className="flex min-w-0 flex-1 max-md:justify-between max-md:-my-1 max-md:snap-x max-md:snap-mandatory max-md:overflow-x-auto max-md:py-1 max-md:[scrollbar-width:none] md:min-h-0 md:flex-col md:gap-1 md:overflow-y-auto rail-list"
      >
        {pages.map(({ path, word, icon: Icon, load, isMinor, isTablet }) => (
          <li key={path} className={isMinor ? 'max-md:hidden' : 'shrink-0 max-md:snap-start'}>
            <NavLink
              // Another document: the browser goes there itself.
              reloadDocument={isTablet ?? false}
              to={path}
              title={isWide ? undefined : t(word)}
              onPointerEnter={() => void load()}
              onFocus={() => void load()}
              className={({ isActive }) =>
                clsx(
                  ROW,
                  'relative max-md:h-12 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:px-1 max-md:text-xs',
                  isActive && 'bg-info-soft font-medium text-info hover:bg-info-soft hover:text-info',
                )
              }
            >
              <Icon size={18} aria-hidden className="shrink-0" />
              <span className={words}>{t(word)}</span>
              {path === '/inbox' ? <InboxBadge isWide={isWide} /> : null}
            </NavLink>
          </li>
        ))}
      </ul>
      <button
        type="button"
        onClick={toggle}
        title={t(isWide ? 'nav.collapse' : 'nav.expand')}
        className={clsx(ROW, 'max-md:hidden')}
      >
        {isWide ? <ChevronsLeft size={18} aria-hidden /> : <ChevronsRight size={18} aria-hidden />}
        <span className={words}>{t(isWide ? 'nav.collapse' : 'nav.expand')}</span>
      </button>
      <UserMenu isWide={isWide} onKeys={onKeys} />
    </nav>
  );
}

function LocationSwitch({ isWide }: { isWide: boolean }) {
  const { location, locations, setLocation } = useShopLocation();
  if (locations.length < 2) return null;
  return (
    <Menu
      label={t('shell.location')}
      items={locations.map((one) => ({
        id: one.id,
        label: one.name,
        icon: MapPin,
        isCurrent: one.id === location.id,
        onSelect: () => setLocation(one.id),
      }))}
    >
      {(trigger) => (
        <button
          type="button"
          {...trigger}
          title={location.name}
          aria-label={t('shell.location.switch', { name: location.name })}
          className={clsx(ROW, 'max-md:w-12 max-md:justify-center')}
        >
          <MapPin size={18} aria-hidden className="shrink-0" />
          {isWide ? <span className="hidden truncate md:inline">{location.name}</span> : null}
        </button>
      )}
    </Menu>
  );
}
