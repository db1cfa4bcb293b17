import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { paymentKeys } from '@/lib/query-keys';
import type { InvoiceLinkPreview, InvoiceLinks, Ledger, MakeInvoiceLink } from '@/types';

/** A visit's whole ledger, what is owed, and its invoice. */
export function ledgerQuery(appointmentId: string) {
  return queryOptions({
    queryKey: paymentKeys.ledger(appointmentId),
    queryFn: ({ signal }) => api.get<Ledger>(`/api/appointments/${appointmentId}/payments`, { signal }),
    staleTime: 5_000,
  });
}

/** The links by which the customer sees the invoice. */
export function invoiceLinksQuery(appointmentId: string) {
  return queryOptions({
    queryKey: paymentKeys.links(appointmentId),
    queryFn: ({ signal }) => api.get<InvoiceLinks>(`/api/appointments/${appointmentId}/invoice-links`, { signal }),
    staleTime: 5_000,
  });
}

/** The exact text that would bring the link; nothing is sent. */
export function invoiceLinkPreviewQuery(appointmentId: string, how: MakeInvoiceLink['how']) {
  return queryOptions({
    queryKey: [...paymentKeys.links(appointmentId), 'preview', how],
    queryFn: ({ signal }) => api.post<InvoiceLinkPreview>(`/api/appointments/${appointmentId}/invoice-links/preview`, { body: { how }, signal }),
    retry: false,
  });
}
