import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiError, api, newIdempotencyKey } from '@/api';
import { appointmentKeys, bookKeys, paymentKeys } from '@/lib/query-keys';
import type { Entered, Invoice, InvoiceLinkMade, InvoiceLinks, MakeInvoiceLink, NewPayment } from '@/types';

/** What shows a visit's money. */
function useRenew(appointmentId: string): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: paymentKeys.ledger(appointmentId) }),
      client.invalidateQueries({ queryKey: appointmentKeys.drawer(appointmentId) }),
      client.invalidateQueries({ queryKey: bookKeys.all }),
    ]);
}

/**
 * The key under which a request has its one effect. The same words sent again keep it, so that an answer that was lost is
 * asked for anew; other words, and what follows a success, get another.
 */
function useKey(): { keyFor: (words: string) => string; spend: () => void } {
  const kept = useRef<{ words: string; key: string } | null>(null);
  return {
    keyFor: (words) => {
      if (kept.current?.words !== words) kept.current = { words, key: newIdempotencyKey() };
      return kept.current.key;
    },
    spend: () => {
      kept.current = null;
    },
  };
}

function useOnce<T>(appointmentId: string, send: (input: T, idempotencyKey: string) => Promise<Entered>) {
  const renew = useRenew(appointmentId);
  const { keyFor, spend } = useKey();
  return useMutation({
    mutationFn: (input: T) => send(input, keyFor(JSON.stringify(input))),
    // Whoever writes on sees the ledger as it stands: the form is free again once it has come.
    onSuccess: () => {
      spend();
      return renew();
    },
    onError: (error) => (error instanceof ApiError && error.status === 409 ? renew() : undefined),
  });
}

export function useRecordPayment(appointmentId: string) {
  return useOnce(appointmentId, (body: NewPayment, idempotencyKey) =>
    api.post<Entered>(`/api/appointments/${appointmentId}/payments`, { body, idempotencyKey }),
  );
}

export interface Reversal {
  paymentId: string;
  what: 'void' | 'refund';
  reason: string;
  amountCents?: number;
}

export function useReversePayment(appointmentId: string) {
  return useOnce(appointmentId, ({ paymentId, what, ...body }: Reversal, idempotencyKey) =>
    api.post<Entered>(`/api/payments/${paymentId}/${what}`, { body, idempotencyKey }),
  );
}

export function useIssueInvoice(appointmentId: string) {
  const renew = useRenew(appointmentId);
  return useMutation({
    mutationFn: (body: { allowUnapproved: boolean }) => api.post<Invoice>(`/api/appointments/${appointmentId}/invoice`, { body }),
    onSettled: renew,
  });
}

export function useUnlockInvoice(appointmentId: string) {
  const renew = useRenew(appointmentId);
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) => api.post<Invoice>(`/api/invoices/${id}/unlock`, { body: { reason } }),
    onSettled: renew,
  });
}

/** Make a link to the invoice, once for the same words, and take one back. */
export function useInvoiceLinks(appointmentId: string) {
  const client = useQueryClient();
  const base = `/api/appointments/${appointmentId}/invoice-links`;
  const { keyFor, spend } = useKey();
  const { mutateAsync, isPending } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: spend,
    onSettled: () => client.invalidateQueries({ queryKey: paymentKeys.links(appointmentId) }),
  });
  const run = <T>(act: () => Promise<T>): Promise<T> => mutateAsync(act) as Promise<T>;
  return {
    isPending,
    make: (body: MakeInvoiceLink) => run(() => api.post<InvoiceLinkMade>(base, { body, idempotencyKey: keyFor(JSON.stringify(body)) })),
    revoke: (linkId: string) => run(() => api.post<InvoiceLinks>(`${base}/${linkId}/revoke`)),
  };
}

export type InvoiceLinkActs = ReturnType<typeof useInvoiceLinks>;
