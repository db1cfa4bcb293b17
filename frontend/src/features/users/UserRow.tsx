import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { CircleCheck, CircleSlash, Ellipsis, KeyRound, Lock, LogOut, Pencil, Tablet, UserCheck, UserX } from 'lucide-react';
import { Badge } from '@/components/ui/Badge';
import { IconButton } from '@/components/ui/IconButton';
import { Menu } from '@/components/ui/Menu';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import { initials } from '@/lib/names';
import { formatRecordDay, formatTime, localDate } from '@/lib/time';
import type { Person, ShopLocation } from '@/types';
import { userQueries } from './queries';

export type UserAct = 'edit' | 'password' | 'pin' | 'signOut' | 'deactivate' | 'activate';

export function UserRow({ person, now, onAct }: { person: Person; now: number; onAct: (act: UserAct) => void }) {
  const { me } = useSession();
  const { location, locations: own } = useShopLocation();
  const { data: locations = own } = useQuery(userQueries.locations());
  const zone = location.timezone;
  const seen = person.lastSeenAt
    ? t('time.dayAt', {
        day: formatRecordDay(localDate(person.lastSeenAt, zone), localDate(now, zone)),
        time: formatTime(person.lastSeenAt, zone),
      })
    : t('users.neverSeen');
  const places = locationWords(person.locationIds, locations);
  const state = person.isActive ? (
    <Badge tone="success" icon={CircleCheck}>
      {t('users.active')}
    </Badge>
  ) : (
    <Badge icon={CircleSlash}>{t('users.inactive')}</Badge>
  );
  const pin = person.isPinLocked ? (
    <Badge tone="warning" icon={Lock}>
      {t('users.pinLocked')}
    </Badge>
  ) : null;
  const cell = 'border-t border-line px-3 py-2.5 align-middle';
  return (
    <tr className={clsx('group hover:bg-hover', !person.isActive && 'text-muted')}>
      <th scope="row" className={clsx(cell, 'pl-4 text-left font-normal @2xl:pl-6')}>
        <span className="flex items-center gap-3">
          <span
            aria-hidden
            className="flex size-9 shrink-0 items-center justify-center rounded-full bg-info-soft text-xs font-semibold text-info max-sm:hidden"
          >
            {initials(person.name)}
          </span>
          <span className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2">
              <span className="font-semibold">{person.name}</span>
              {person.id === me.user.id ? <Badge tone="info">{t('users.you')}</Badge> : null}
            </span>
            <span className="block text-muted [overflow-wrap:anywhere]">{person.email}</span>
            <span className="block text-xs text-muted @3xl:hidden">
              {places} {'·'} {t('users.column.seen')} {seen}
            </span>
            <span className="mt-1 flex flex-wrap items-center gap-2 sm:hidden">
              {t(`role.${person.role}`)} {state} {pin}
            </span>
          </span>
        </span>
      </th>
      <td className={clsx(cell, 'max-sm:hidden')}>{t(`role.${person.role}`)}</td>
      <td className={clsx(cell, 'hidden @3xl:table-cell')}>{places}</td>
      <td className={clsx(cell, 'max-sm:hidden')}>
        <span className="flex flex-wrap items-center gap-1">
          {state} {pin}
        </span>
      </td>
      <td className={clsx(cell, 'tabular hidden whitespace-nowrap @3xl:table-cell')}>{seen}</td>
      <td className={clsx(cell, 'pr-2 text-right whitespace-nowrap @2xl:pr-4')}>
        <IconButton icon={Pencil} label={t('user.edit', { name: person.name })} onClick={() => onAct('edit')} />
        <Menu
          label={t('user.actions', { name: person.name })}
          items={[
            { id: 'password', label: t('user.menu.password'), icon: KeyRound, onSelect: () => onAct('password') },
            { id: 'pin', label: t(person.isPinLocked ? 'user.menu.pinLocked' : 'user.menu.pin'), icon: Tablet, onSelect: () => onAct('pin') },
            { id: 'out', label: t('user.menu.signOut'), icon: LogOut, onSelect: () => onAct('signOut') },
            'separator',
            person.isActive
              ? { id: 'off', label: t('user.menu.deactivate'), icon: UserX, isDanger: true, onSelect: () => onAct('deactivate') }
              : { id: 'on', label: t('user.menu.activate'), icon: UserCheck, onSelect: () => onAct('activate') },
          ]}
        >
          {(trigger) => <IconButton icon={Ellipsis} label={t('user.actions', { name: person.name })} {...trigger} />}
        </Menu>
      </td>
    </tr>
  );
}

function locationWords(ids: readonly string[], locations: readonly ShopLocation[]): string {
  const known = locations.filter((one) => ids.includes(one.id));
  const others = ids.length - known.length;
  if (others === 0 && known.length === locations.length && locations.length > 1) return t('users.allLocations');
  const names = known.map((one) => one.name);
  return [...names, ...(others > 0 ? [t('users.otherLocations', { count: others })] : [])].join(', ');
}
