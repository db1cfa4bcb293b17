import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { deviceKeys } from '@/lib/query-keys';
import type { Device, DeviceCode, Page } from '@/types';

const RENEW = 5_000;

export interface NewDevice {
  locationId: string;
  kind: Device['kind'];
  name: string;
}

export const deviceQueries = {
  /** Asked again and again while somebody looks: a screen is paired elsewhere. */
  list: () =>
    infiniteQueryOptions({
      queryKey: deviceKeys.list(),
      queryFn: ({ signal, pageParam }) => api.get<Page<Device>>('/api/devices', { query: { cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      refetchInterval: RENEW,
    }),
};

function useRenew(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: deviceKeys.all });
}

export function useCreateDevice() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ device, idempotencyKey }: { device: NewDevice; idempotencyKey: string }) =>
      api.post<DeviceCode>('/api/devices', { body: device, idempotencyKey }),
    onSuccess: renew,
  });
}

export function useRenewCode() {
  const renew = useRenew();
  return useMutation({ mutationFn: (id: string) => api.post<DeviceCode>(`/api/devices/${id}/code`), onSuccess: renew });
}

export function useRevokeDevice() {
  const renew = useRenew();
  return useMutation({ mutationFn: (id: string) => api.post<undefined>(`/api/devices/${id}/revoke`), onSettled: renew });
}
