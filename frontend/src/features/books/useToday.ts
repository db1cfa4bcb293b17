import { useShopLocation } from '@/contexts/LocationContext';
import { useNow } from '@/lib/now';
import { localDate } from '@/lib/time';

/** The location's local day. */
export function useToday(): string {
  const { location } = useShopLocation();
  return localDate(useNow(), location.timezone);
}
