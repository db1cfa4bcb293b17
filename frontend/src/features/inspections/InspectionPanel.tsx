import { useQuery } from '@tanstack/react-query';
import { ClipboardCheck } from 'lucide-react';
import { useRef } from 'react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { useLive, usePollInterval } from '@/lib/events';
import { useFocusKeeper } from '@/lib/focus-keeper';
import type { DrawerData, VisitInspections } from '@/types';
import { ChecklistCard } from './ChecklistCard';
import { Findings } from './Findings';
import type { DrawPhotos } from './InspectionContext';
import { InspectionProvider, useInspectionPlace } from './InspectionContext';
import { inspectionQueries } from './queries';
import { StartInspection } from './StartInspection';

interface InspectionPanelProps {
  appointment: DrawerData['appointment'];
  drawPhotos: DrawPhotos;
}

/** The inspections of a visit: what the car needs, what is looked at, what the customer was sent. */
export function InspectionPanel({ appointment, drawPhotos }: InspectionPanelProps) {
  const { id } = appointment;
  const poll = usePollInterval(5_000);
  const visit = useQuery({ ...inspectionQueries.ofVisit(id), refetchInterval: poll });
  const findings = useQuery({ ...inspectionQueries.findings(id), refetchInterval: poll });
  const look = (event: { id: string }): void => {
    if (event.id !== id) return;
    void visit.refetch();
    void findings.refetch();
  };
  useLive('inspections', look);
  useLive('services', look);
  useLive('appointment', look);

  if (!visit.data) {
    return visit.error ? (
      <ErrorState error={visit.error} onRetry={() => void visit.refetch()} />
    ) : (
      <div className="p-4">
        <SkeletonLines lines={8} label={t('inspection.loading')} />
      </div>
    );
  }
  return (
    <InspectionProvider appointment={appointment} drawPhotos={drawPhotos}>
      <Inspections visit={visit.data}>{findings.data?.length ? <Findings findings={findings.data} /> : null}</Inspections>
    </InspectionProvider>
  );
}

function Inspections({ visit, children }: { visit: VisitInspections; children: React.ReactNode }) {
  const { canFill } = useInspectionPlace();
  const list = useRef<HTMLDivElement>(null);
  useFocusKeeper(list, () => list.current?.querySelector<HTMLElement>('button, input'));
  const isEmpty = visit.items.length === 0;
  const start = canFill ? <StartInspection bestId={visit.templateId} isFirst={isEmpty} /> : null;
  return (
    <div ref={list} className="flex flex-col gap-4 px-4 py-3">
      {children}
      {isEmpty ? (
        <EmptyState icon={ClipboardCheck} title={t('inspection.empty.title')} detail={t(canFill ? 'inspection.empty.detail' : 'inspection.empty.view')} action={start} />
      ) : (
        <>
          <ul role="list" aria-label={t('inspection.list')} className="flex flex-col gap-4">
            {visit.items.map((one) => (
              <li key={one.id}>
                <ChecklistCard list={one} />
              </li>
            ))}
          </ul>
          {start}
        </>
      )}
    </div>
  );
}
