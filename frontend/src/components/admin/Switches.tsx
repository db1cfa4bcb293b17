import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '@/api';
import { Badge } from '@/components/ui/Badge';
import { ErrorState } from '@/components/ui/ErrorState';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { Toggle } from '@/components/ui/Toggle';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/switches';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useNow } from '@/lib/now';
import { meKeys, switchKeys } from '@/lib/query-keys';
import { formatWhen } from '@/lib/time';
import type { Page, Switch } from '@/types';

/** What only the server's settings switch, with the setting's name. */
const AT_THE_SERVER = [
  ['payments', 'FF_PAYMENTS'],
  ['paymentsOnline', 'FF_PAYMENTS_ONLINE'],
  ['inspections', 'FF_INSPECTIONS'],
  ['commandPalette', 'FF_COMMAND_PALETTE'],
  ['brandTheming', 'FF_BRAND_THEMING'],
] as const;

/** What the Owner can switch off while everything runs, with the reason that they gave. */
export function Switches() {
  const client = useQueryClient();
  const { flags } = useSession().me;
  const [asking, setAsking] = useState<Switch | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: switchKeys.all,
    queryFn: ({ signal }) => api.get<Page<Switch>>('/api/switches', { signal }).then((page) => page.items),
  });
  const { mutate, isPending } = useMutation({
    mutationFn: ({ name, ...body }: { name: Switch['name']; isOn: boolean; reason?: string }) =>
      api.put<Page<Switch>>(`/api/switches/${name}`, { body }).then((page) => page.items),
    onSuccess: (items, { isOn }) => {
      setAsking(null);
      client.setQueryData(switchKeys.all, items);
      // What is off has no page and no button.
      void client.invalidateQueries({ queryKey: meKeys.all });
      toast({ tone: 'success', title: t(isOn ? 'switch.done.on' : 'switch.done.off') });
    },
    onError: (failure) => toast({ tone: 'error', title: t('switch.failed'), detail: errorWords(failure) }),
  });
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <header className="flex h-14 shrink-0 items-center border-b border-line px-4 sm:px-6">
        <h1 className="text-lg font-semibold">{t('switches.title')}</h1>
      </header>
      <div className="max-w-2xl px-4 py-4 sm:px-6">
        <p className="mb-3 text-muted">{t('switches.lead')}</p>
        {data ? (
          <ul role="list" className="divide-y divide-line border-y border-line">
            {data.map((one) => (
              <Row
                key={one.name}
                one={one}
                isPending={isPending}
                onChange={(isOn) => (isOn ? mutate({ name: one.name, isOn }) : setAsking(one))}
              />
            ))}
          </ul>
        ) : error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={3} label={t('switches.loading')} />
        )}
        <section className="mt-6">
          <h2 className="font-semibold">{t('switches.server')}</h2>
          <p className="mb-3 text-muted">{t('switches.server.lead')}</p>
          <ul role="list" className="divide-y divide-line border-y border-line">
            {AT_THE_SERVER.map(([flag, setting]) => (
              <li key={flag} data-flag={flag} className="flex items-center gap-3 py-3">
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{t(`switch.${flag}`)}</span>
                  <span className="block font-mono text-xs text-muted">{setting}</span>
                </span>
                <Badge tone={flags[flag] ? 'success' : 'neutral'}>{t(flags[flag] ? 'switches.on' : 'switches.off')}</Badge>
              </li>
            ))}
          </ul>
        </section>
      </div>
      {asking ? (
        <ReasonDialog
          title={t('switch.off.title')}
          lead={t('switch.off.lead')}
          submitLabel={t('switch.off.submit')}
          isPending={isPending}
          onSubmit={(reason) => mutate({ name: asking.name, isOn: false, reason })}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </div>
  );
}

function Row({ one, isPending, onChange }: { one: Switch; isPending: boolean; onChange: (isOn: boolean) => void }) {
  const now = useNow();
  const { location } = useShopLocation();
  const { isOn, isInstalled, reason, changedAt, changedBy } = one;
  const when = changedAt ? formatWhen(changedAt, location.timezone, now) : '';
  return (
    <li className="py-3" data-switch={one.name}>
      <Toggle isOn={isOn && isInstalled} label={t(`switch.${one.name}`)} disabled={isPending || !isInstalled} onChange={onChange} />
      <p className="text-muted">{t(`switch.${one.name}.detail`)}</p>
      {isInstalled ? null : <p className="mt-1 font-medium text-warning">{t('switch.off.environment')}</p>}
      {isInstalled && !isOn && reason ? <p className="mt-1 font-medium break-words text-warning">{t('switch.off.by', { name: changedBy ?? '', when, reason })}</p> : null}
    </li>
  );
}
