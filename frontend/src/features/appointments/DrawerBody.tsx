import { useQuery } from '@tanstack/react-query';
import { Clock, CloudOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCallback, useMemo, useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { OverlapDialog } from '@/components/ui/OverlapDialog';
import { Tabs } from '@/components/ui/Tabs';
import type { DrawerTab } from '@/contexts/AppointmentContext';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { moneyText } from '@/lib/money';
import { useNow } from '@/lib/now';
import { jobPromise } from '@/lib/promise';
import { fieldsOf, valuesOf } from '@/lib/unsaved';
import type { DrawerData } from '@/types';
import { DeleteDialog } from './DeleteDialog';
import type { DrawerTitle } from './DrawerHeader';
import { DrawerHeader } from './DrawerHeader';
import { EditProvider } from './EditContext';
import { FieldConflicts } from './FieldConflicts';
import { ReviewBanner } from './ReviewBanner';
import { StatusControl } from './StatusControl';
import { HistoryTab } from './tabs/HistoryTab';
import { OverviewTab } from './tabs/OverviewTab';
import { PaymentsTab } from './tabs/PaymentsTab';
import { useDrawerTabs } from './useDrawerTabs';
import { offerBack } from './unsaved-words';
import { useFieldSave } from './useFieldSave';

const PANELS: Record<Exclude<DrawerTab, 'messages' | 'services' | 'inspection'>, () => ReactNode> = {
  overview: () => <OverviewTab />,
  payments: () => <PaymentsTab />,
  history: () => <HistoryTab />,
};

interface DrawerBodyProps {
  data: DrawerData;
  title: DrawerTitle | null;
  titleId: string;
  previous: (() => void) | null;
  next: (() => void) | null;
  onClose: () => void;
  onDeleted: () => void;
  /** The tabs of texts, work and inspections, which other features draw. */
  messages: ReactNode;
  services: ReactNode;
  inspection: ReactNode;
  /** What stands above the tabs: that one of them is switched off. */
  notice: ReactNode;
  /** A tab is pointed at: what it needs can be fetched. */
  onPoint: (tab: DrawerTab) => void;
}

/** The job's head and tabs once it has come. */
export function DrawerBody({ data, title, titleId, previous, next, onClose, onDeleted, messages, services, inspection, notice, onPoint }: DrawerBodyProps) {
  const { appointment } = data;
  const zone = appointment.location.timezone;
  const { me, can } = useSession();
  const { tabs, tab, setTab } = useDrawerTabs();
  const [isDeleting, setDeleting] = useState(false);
  const { states, save, unsaved, isPending, conflict, settleConflict, overlap, setOverlap, forget } = useFieldSave(appointment);
  const [round, setRound] = useState(0);
  const names = useNames(appointment.locationId);

  /** What the person typed is settled: the fields show what is saved. */
  const settle = useCallback(
    (fields: readonly string[]): void => {
      // Every field is drawn anew: a refusal of what one of them held goes with it, unless it is kept.
      const refused = Object.keys(states).filter((field) => states[field]?.status === 'failed' && !unsaved.some((entry) => field in entry.patch));
      forget([...fields, ...refused]);
      setRound((count) => count + 1);
    },
    [forget, states, unsaved],
  );
  /** The same, where it was not saved: with a way to have it back. */
  const giveUp = useCallback(
    (fields: readonly string[]): void => {
      const given = unsaved.filter((entry) => fieldsOf(entry.patch).some((field) => fields.includes(field)));
      settle([...fields, ...given.flatMap((entry) => fieldsOf(entry.patch))]);
      offerBack(me.user.id, given);
    },
    [unsaved, settle, me.user.id],
  );
  const canEdit = can('appointment:edit');
  const edit = useMemo(
    () => ({
      // The fields show what the person made of them, be it saved or not.
      data: { ...data, appointment: Object.assign({}, data.appointment, ...unsaved.map((entry) => valuesOf(entry.patch))) as DrawerData['appointment'] },
      zone,
      canEdit,
      canNote: canEdit || (can('appointment:note') && appointment.techId === me.user.id),
      states,
      save,
      forget,
      giveUp,
      unsaved: new Set(unsaved.flatMap((entry) => fieldsOf(entry.patch))),
      round,
    }),
    [data, zone, canEdit, can, appointment.techId, me.user.id, states, save, forget, giveUp, unsaved, round],
  );
  const isWaiting = Object.values(states).some((state) => state.status === 'waiting');
  const counts: Partial<Record<DrawerTab, number>> = {
    // Of alternatives one is done: as the card counts them.
    services: appointment.jobsOffered,
    messages: appointment.unreadCount,
    inspection: data.checklists.length,
    payments: data.payments.length,
  };
  const late = { messages, services, inspection };
  const name = [title?.vehicle, title?.customer].filter(Boolean).join(', ');

  return (
    <EditProvider value={edit}>
      <DrawerHeader
        id={titleId}
        title={title}
        previous={previous}
        next={next}
        onClose={onClose}
        money={<Balance data={data} />}
        onDelete={can('appointment:delete') ? () => setDeleting(true) : null}
      >
        <StatusControl appointment={appointment} name={name} zone={zone} />
        <PromiseBadge data={data} zone={zone} />
      </DrawerHeader>
      {isWaiting ? (
        <p className="flex shrink-0 items-start gap-2.5 bg-warning-soft px-4 py-2 font-medium text-warning">
          <CloudOff size={16} aria-hidden className="mt-0.5 shrink-0" />
          {t('unsaved.kept')}
        </p>
      ) : null}
      {notice}
      {tab === 'messages' ? null : (
        <ReviewBanner jobId={appointment.id} locationId={appointment.locationId} phone={data.customer?.phone ?? null} onOpen={() => setTab('messages')} />
      )}
      <Tabs
        label={t('drawer.tabs')}
        items={tabs.map((key) => ({ key, label: t(`tab.${key}`), ...(counts[key] ? { count: counts[key] } : {}) }))}
        active={tab}
        onChange={setTab}
        onPoint={onPoint}
      >
        <ErrorBoundary key={`${tab}${round}`}>{tab in late ? late[tab as keyof typeof late] : PANELS[tab as keyof typeof PANELS]()}</ErrorBoundary>
      </Tabs>
      {conflict ? (
        <FieldConflicts
          key={Object.keys(conflict.patch).join()}
          conflicts={conflict.conflicts}
          zone={zone}
          names={names}
          isPending={isPending}
          onClose={() => {
            settleConflict(conflict);
            giveUp(Object.keys(conflict.patch));
          }}
          onResolve={(mine) => {
            // Fields of the same edit that did not clash are saved along; theirs stay as they are.
            const clashing = conflict.conflicts.map((one) => one.field);
            const rest = Object.fromEntries(Object.entries(conflict.patch).filter(([field]) => !clashing.includes(field)));
            const patch = { ...rest, ...mine };
            const fields = Object.keys(conflict.patch);
            // A second refusal asks anew, with what is saved by then.
            const close = (): void => {
              settleConflict(conflict);
              settle(fields.filter((field) => !(field in patch)));
            };
            if (Object.keys(patch).length === 0) {
              close();
              return;
            }
            // The answer builds on the other's value, not on what stood there when one began to type.
            forget(fields);
            void save(patch, conflict.version).then((isSaved) => isSaved && close());
          }}
        />
      ) : null}
      {overlap ? (
        <OverlapDialog
          collisions={overlap.collisions}
          zone={zone}
          canOverride={can('appointment:overbook')}
          isPending={isPending}
          onOverride={(reason) => void save({ ...overlap.input.patch, override: { reason } }, overlap.input.version).then((isSaved) => isSaved && setRound((count) => count + 1))}
          onClose={() => {
            setOverlap(null);
            settle(Object.keys(overlap.input.patch));
          }}
        />
      ) : null}
      {isDeleting ? <DeleteDialog appointment={appointment} onClose={() => setDeleting(false)} onDeleted={onDeleted} /> : null}
    </EditProvider>
  );
}

/** How pressing it is. */
function PromiseBadge({ data, zone }: { data: DrawerData; zone: string }) {
  const now = useNow();
  const promise = jobPromise(data.appointment, now, zone);
  const tone = promise.tone === 'late' ? 'danger' : promise.tone === 'soon' || promise.tone === 'missed' ? 'warning' : 'neutral';
  return promise.tone === 'none' ? null : (
    <Badge tone={tone} icon={Clock}>
      {promise.words}
    </Badge>
  );
}

/** What it costs and what is paid, for those who see money. */
function Balance({ data }: { data: DrawerData }) {
  const { totalCents, paidCents = 0 } = data.appointment;
  if (!totalCents) return null;
  const total = moneyText(totalCents);
  return (
    <span className="tabular">
      {paidCents > totalCents
        ? t('drawer.balance.over', { total, over: moneyText(paidCents - totalCents) })
        : paidCents === totalCents ? t('drawer.balance.paid', { total }) : t('drawer.balance', { paid: moneyText(paidCents), total })}
    </span>
  );
}

/** Names behind the ids of technicians and bays. */
function useNames(locationId: string): ReadonlyMap<string, string> {
  const { data: technicians = [] } = useQuery(shopQueries.technicians(locationId));
  const { data: locations = [] } = useQuery(shopQueries.locations());
  return new Map([...technicians, ...locations.flatMap((one) => one.bays)].map((one) => [one.id, one.name]));
}
