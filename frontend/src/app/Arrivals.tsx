import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { t } from '@/i18n/t';
import { useLive } from '@/lib/events';

/** Tells a technician that a part or an approval has come that they waited for; nobody else hears of it. */
export function Arrivals() {
  const { open } = useAppointmentActions();
  useLive('work', ({ id, number, arrived, by }) => {
    for (const what of arrived) {
      toast({
        key: `${id} ${what}`,
        tone: 'success',
        title: t(`board.arrived.${what}`, { number: String(number) }),
        detail: t('board.arrived.by', { name: by }),
        action: { label: t('board.arrived.open'), run: () => open(id) },
        timeout: null,
      });
    }
  });
  return null;
}
