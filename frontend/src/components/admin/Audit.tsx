import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import { fieldWords, valueWords } from '@/features/appointments/value-words';
import { AuditFilters } from '@/features/audit/AuditFilters';
import { AuditList } from '@/features/audit/AuditList';
import { ChainStatus } from '@/features/audit/ChainStatus';
import { OfflineDialog } from '@/features/audit/OfflineDialog';
import type { AuditFilter } from '@/features/audit/queries';
import { auditQueries } from '@/features/audit/queries';
import { useCheck } from '@/features/audit/useCheck';
import '@/i18n/late/audit';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { addDays, isDate, localDate } from '@/lib/time';
import { useUrlState } from '@/lib/url-state';

/** Parts of the address; the location of the rail is another thing: the log is of all of one's locations. */
const PARAMS = { locationId: 'at', who: 'who', action: 'what', entity: 'about', entityId: 'id', from: 'from', to: 'to' } as const;
const WORDING = { fieldWords, valueWords };
const MONTH = 30;

/** Who did what, when, from where and why; and whether anybody has touched the record since. */
export function Audit() {
  const { location, locations } = useShopLocation();
  const { params, set } = useUrlState();
  const [isOffline, setOffline] = useState(false);
  const today = localDate(useNow(), location.timezone);
  const status = useQuery(auditQueries.status());
  const check = useCheck((done) =>
    toast(done.faultCount > 0 ? { tone: 'error', title: t('audit.broken', { count: done.faultCount }) } : { tone: 'success', title: t('audit.allWell', { count: done.rowsChecked }) }),
  );
  const filter: AuditFilter = {
    locationId: params.get(PARAMS.locationId),
    who: params.get(PARAMS.who),
    action: params.get(PARAMS.action),
    entity: params.get(PARAMS.entity),
    entityId: params.get(PARAMS.entityId),
    from: dateOf(params.get(PARAMS.from)),
    to: dateOf(params.get(PARAMS.to)),
  };
  const change = (changes: Partial<AuditFilter>): void =>
    set(Object.fromEntries(Object.entries(changes).map(([name, value]) => [PARAMS[name as keyof AuditFilter], value])));
  const clear = (): void => set(Object.fromEntries(Object.values(PARAMS).map((name) => [name, null])));

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-14 shrink-0 items-center justify-between gap-3 border-b border-line bg-surface px-4 sm:px-6">
        <h1 className="text-lg font-semibold">{t('audit.title')}</h1>
        <Button icon={<Download size={16} aria-hidden />} onClick={() => setOffline(true)}>
          {t('audit.offline')}
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <ChainStatus
          status={status.data}
          error={status.error}
          onRetry={() => void status.refetch()}
          zone={location.timezone}
          running={check.running}
          checkError={check.error}
          onCheck={check.begin}
        />
        <AuditFilters filter={filter} locations={locations} onChange={change} onClear={clear} />
        <AuditList filter={filter} zone={location.timezone} locations={locations} wording={WORDING} onChange={change} onClear={clear} />
      </div>
      {isOffline ? (
        <OfflineDialog from={filter.from ?? addDays(today, -MONTH)} to={filter.to ?? today} locationId={filter.locationId} onClose={() => setOffline(false)} />
      ) : null}
    </div>
  );
}

function dateOf(text: string | null): string | null {
  return text && isDate(text) ? text : null;
}
