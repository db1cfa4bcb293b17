import { InspectionPanel } from '@/features/inspections/InspectionPanel';
import { Thumbnails } from '@/features/inspections/Thumbnails';
import type { DrawerData, InspectionItem } from '@/types';

const drawPhotos = (item: InspectionItem) => <Thumbnails label={item.label} photos={item.photos} />;

/** The drawer's tab of inspections, with the photos of each point. */
export function JobInspection({ data }: { data: DrawerData }) {
  return <InspectionPanel appointment={data.appointment} drawPhotos={drawPhotos} />;
}
