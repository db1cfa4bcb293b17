import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheck, Ellipsis, Hourglass, KeyRound, Lock, MonitorOff, MonitorX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { Menu } from '@/components/ui/Menu';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/devices';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { MINUTE, spanWords } from '@/lib/time';
import type { Device } from '@/types';
import { deviceQueries } from './queries';

/** A paired screen is asked for its place in the world once a minute; this long without a word it is silent. */
const SILENT = 2 * MINUTE;

interface DeviceTableProps {
  onCode: (device: Device) => void;
  onRevoke: (device: Device) => void;
  action: ReactNode;
}

/** The shop's screens, and whether they are on. */
export function DeviceTable({ onCode, onRevoke, action }: DeviceTableProps) {
  const now = useNow();
  const devices = useInfiniteQuery(deviceQueries.list());
  if (devices.isPending) {
    return (
      <div className="p-6">
        <SkeletonLines label={t('devices.loading')} />
      </div>
    );
  }
  if (!devices.data) return <ErrorState error={devices.error} onRetry={() => void devices.refetch()} />;
  const items = devices.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState
        icon={MonitorOff}
        title={t('devices.none.title')}
        detail={t('devices.none.detail')}
        action={action}
      />
    );
  }
  return (
    <>
      <table className="w-full border-collapse" aria-label={t('devices.list')}>
        <thead className="text-left text-xs text-muted">
          <tr>
            <th scope="col" className="px-3 py-2 pl-4 font-medium sm:pl-6">
              {t('devices.column.name')}
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              {t('devices.column.state')}
            </th>
            <th scope="col" className="px-3 py-2 font-medium max-sm:hidden">
              {t('devices.column.seen')}
            </th>
            <th scope="col" className="px-3 py-2 pr-4">
              <span className="sr-only">{t('devices.column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((device) => (
            <DeviceRow key={device.id} device={device} now={now} onCode={() => onCode(device)} onRevoke={() => onRevoke(device)} />
          ))}
        </tbody>
      </table>
      {devices.hasNextPage ? (
        <div className="border-t border-line p-3 text-center">
          <Button isPending={devices.isFetchingNextPage} pendingLabel={t('app.loading')} onClick={() => void devices.fetchNextPage()}>
            {t('devices.more')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function DeviceRow({ device, now, onCode, onRevoke }: { device: Device; now: number; onCode: () => void; onRevoke: () => void }) {
  const { me } = useSession();
  const place = me.locations.find((one) => one.id === device.locationId)?.name;
  const seen = device.lastSeenAt === null ? null : now - Date.parse(device.lastSeenAt);
  const cell = 'border-t border-line px-3 py-2.5 align-middle';
  return (
    <tr className="hover:bg-hover">
      <th scope="row" className={`${cell} pl-4 text-left font-normal sm:pl-6`}>
        <span className="block font-semibold [overflow-wrap:anywhere]">{device.name}</span>
        <span className="block text-xs text-muted">{[t(`devices.kind.${device.kind}`), place].filter(Boolean).join(' · ')}</span>
      </th>
      <td className={cell}>
        <State device={device} seen={seen} now={now} />
      </td>
      <td className={`${cell} tabular whitespace-nowrap max-sm:hidden`}>
        {device.inUseBy !== null || (seen !== null && seen < 2 * MINUTE) ? t('devices.seen.now') : seen === null ? t('devices.seen.never') : t('devices.seen', { span: spanWords(seen) })}
      </td>
      <td className={`${cell} pr-2 text-right sm:pr-4`}>
        <Menu
          label={t('device.actions', { name: device.name })}
          items={[
            { id: 'code', label: t('device.code'), icon: KeyRound, onSelect: onCode },
            { id: 'revoke', label: t('device.revoke'), icon: MonitorX, isDanger: true, onSelect: onRevoke },
          ]}
        >
          {(trigger) => <IconButton icon={Ellipsis} label={t('device.actions', { name: device.name })} {...trigger} />}
        </Menu>
      </td>
    </tr>
  );
}

function State({ device, seen, now }: { device: Device; seen: number | null; now: number }) {
  if (device.codeExpiresAt !== null && Date.parse(device.codeExpiresAt) > now) {
    return (
      <Badge tone="info" icon={Hourglass}>
        {t('devices.state.waiting')}
      </Badge>
    );
  }
  if (device.inUseBy !== null) {
    return (
      <Badge tone="success" icon={CircleCheck}>
        {t('devices.state.inUse', { name: device.inUseBy })}
      </Badge>
    );
  }
  // A tablet that nobody holds has nothing to say.
  if (device.kind === 'tablet' && seen !== null) return <Badge icon={Lock}>{t('devices.state.locked')}</Badge>;
  if (seen === null) return <Badge icon={MonitorOff}>{t('devices.state.never')}</Badge>;
  return seen < SILENT ? (
    <Badge tone="success" icon={CircleCheck}>
      {t('devices.state.live')}
    </Badge>
  ) : (
    <Badge tone="warning" icon={TriangleAlert}>
      {t('devices.state.silent')}
    </Badge>
  );
}
