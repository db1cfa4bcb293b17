import type { ReactNode } from 'react';
import { createContext, use, useCallback, useEffect, useMemo } from 'react';
import { readStored, writeStored } from '@/lib/stored';
import { useUrlState } from '@/lib/url-state';
import type { ShopLocation } from '@/types';
import { useSession } from './SessionContext';

interface LocationState {
  location: ShopLocation;
  locations: readonly ShopLocation[];
  setLocation: (id: string) => void;
}

const LocationContext = createContext<LocationState | null>(null);
const KEY = 'location';

/** The shop that the screens show: from the address, else the last one on this device, else the person's first. */
export function LocationProvider({ children, fallback }: { children: ReactNode; fallback: ReactNode }) {
  const { locations } = useSession().me;
  const { params, set } = useUrlState();
  const wanted = params.get('location') ?? readStored(KEY);
  const location = locations.find((one) => one.id === wanted) ?? locations[0];

  const setLocation = useCallback(
    (id: string) => {
      writeStored(KEY, id);
      set({ location: id, open: null, tab: null });
    },
    [set],
  );
  const id = location?.id;
  useEffect(() => {
    if (id) writeStored(KEY, id);
  }, [id]);

  const value = useMemo(
    () => (location ? { location, locations, setLocation } : null),
    [location, locations, setLocation],
  );
  if (!value) return fallback;
  return <LocationContext value={value}>{children}</LocationContext>;
}

export function useShopLocation(): LocationState {
  const value = use(LocationContext);
  if (!value) throw new Error('useShopLocation outside LocationProvider');
  return value;
}
