import { ServicesTab } from '@/features/services/ServicesTab';
import type { DrawerData } from '@/types';

/** The drawer's tab of work: jobs, lines and sums, and how the estimate stands. */
export function JobServices({ data }: { data: DrawerData }) {
  // `estimate` takes the panel of the estimate: <EstimatePanel appointmentId={data.appointment.id} />.
  return <ServicesTab appointment={data.appointment} />;
}
