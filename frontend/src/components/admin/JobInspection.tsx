import type { Photographed } from '@/features/inspections/InspectionContext';
import { InspectionPanel } from '@/features/inspections/InspectionPanel';
import type { DrawerData } from '@/types';
import { PointPhotos } from './PointPhotos';

const drawPhotos = (what: Photographed, canAdd: boolean) => <PointPhotos item={what} canAdd={canAdd} />;

/** The drawer's tab of inspections, with the photos of each point. */
export function JobInspection({ data }: { data: DrawerData }) {
  return <InspectionPanel appointment={data.appointment} drawPhotos={drawPhotos} />;
}
