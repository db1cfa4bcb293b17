import { InspectionPanel } from '@/features/inspections/InspectionPanel';
import type { DrawerData, InspectionItem } from '@/types';
import { PointPhotos } from './PointPhotos';

const drawPhotos = (item: InspectionItem, canAdd: boolean) => <PointPhotos item={item} canAdd={canAdd} />;

/** The drawer's tab of inspections, with the photos of each point. */
export function JobInspection({ data }: { data: DrawerData }) {
  return <InspectionPanel appointment={data.appointment} drawPhotos={drawPhotos} />;
}
