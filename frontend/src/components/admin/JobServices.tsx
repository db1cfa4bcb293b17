import { useSession } from '@/contexts/SessionContext';
import { EstimatePanel } from '@/features/estimates/EstimatePanel';
import { ServicesTab } from '@/features/services/ServicesTab';
import type { DrawerData } from '@/types';

/** The drawer's tab of work: jobs, lines and sums, and how the estimate stands. */
export function JobServices({ data }: { data: DrawerData }) {
  const { can } = useSession();
  return <ServicesTab appointment={data.appointment} estimate={can('money:view') ? <EstimatePanel appointment={data.appointment} /> : null} />;
}
