import { useSession } from '@/contexts/SessionContext';
import { WorkPanel } from '@/features/clocks/WorkPanel';
import { EstimatePanel } from '@/features/estimates/EstimatePanel';
import { ServicesTab } from '@/features/services/ServicesTab';
import type { DrawerData } from '@/types';

/** The drawer's tab of work: jobs, lines and sums, how the estimate stands, and what it took. */
export function JobServices({ data }: { data: DrawerData }) {
  const { can } = useSession();
  const { appointment } = data;
  return (
    <ServicesTab
      appointment={appointment}
      estimate={
        <>
          {can('money:view') ? <EstimatePanel appointment={appointment} /> : null}
          {can('work:track') ? <WorkPanel appointment={appointment} /> : null}
        </>
      }
    />
  );
}
