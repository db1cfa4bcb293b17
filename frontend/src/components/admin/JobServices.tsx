import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import { useSession } from '@/contexts/SessionContext';
import { WorkPanel } from '@/features/clocks/WorkPanel';
import { EstimatePanel } from '@/features/estimates/EstimatePanel';
import { inspectionQueries } from '@/features/inspections/queries';
import { ServicesTab } from '@/features/services/ServicesTab';
import type { CarFinding, DrawerData, Job } from '@/types';

const PhotoStrip = lazy(() => import('@/features/photos/PhotoStrip').then((module) => ({ default: module.PhotoStrip })));

/** The drawer's tab of work: jobs, lines and sums, the photos of what they mend, how the estimate stands, and what it took. */
export function JobServices({ data }: { data: DrawerData }) {
  const { me, can } = useSession();
  const { appointment } = data;
  const { id } = appointment;
  const enabled = me.flags.inspections;
  const { data: visit } = useQuery({ ...inspectionQueries.ofVisit(id), enabled });
  const { data: findings } = useQuery({ ...inspectionQueries.findings(id), enabled });
  const photos = useMemo(() => {
    const found = new Map<string, CarFinding['photos']>();
    const items = visit?.items.flatMap((list) => list.items) ?? [];
    for (const one of [...(findings ?? []), ...items]) if (one.jobId !== null && one.photos.length > 0) found.set(one.jobId, one.photos);
    return found;
  }, [visit, findings]);
  const drawPhotos = useCallback(
    (job: Job) =>
      photos.has(job.id) ? (
        <Suspense>
          <PhotoStrip what={job.name} photos={photos.get(job.id) ?? []} />
        </Suspense>
      ) : null,
    [photos],
  );
  return (
    <ServicesTab
      appointment={appointment}
      drawPhotos={drawPhotos}
      estimate={
        <>
          {can('money:view') ? <EstimatePanel appointment={appointment} /> : null}
          {enabled && can('work:track') ? <WorkPanel appointment={appointment} /> : null}
        </>
      }
    />
  );
}
