/**
 * The customer's door to the server: a cookie that no script reads, and a header that only our own page can send.
 * Small on purpose; the staff's door refreshes sessions and knows a dozen things more.
 */
import type { components } from '@/generated/openapi';

type Schemas = components['schemas'];
export type VisitPage = Schemas['VisitorPage'];
export type Estimate = Schemas['ShownEstimate'];
export type Job = Schemas['ShownJob'];
export type Invoice = Schemas['ShownInvoice'];
export type Report = Schemas['Report'];
export type ReportItem = Schemas['ReportItem'];
export type ReportPhoto = Schemas['ReportPhoto'];
export type CarHistory = Schemas['CarHistory'];
export type Shop = { name: string; phone: string | null; spokenPhone: string | null };

/** A refusal in the server's words, or its silence (`status` 0). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : '');
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : 'network';
    this.body = body;
  }

  /** What is wrong with a field, in the server's words. */
  of(field: string): string | undefined {
    return (this.body.errors as Record<string, string[]> | undefined)?.[field]?.[0];
  }

  get shop(): Shop | null {
    return (this.body.shop as Shop | null | undefined) ?? null;
  }
}

async function call(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/portal/${path}`, { credentials: 'same-origin', ...init });
  } catch {
    throw new Refusal(0, {});
  }
  if (response.ok || response.status === 304) return response;
  throw new Refusal(response.status, (await response.json().catch(() => ({}))) as Record<string, unknown>);
}

let etag: string | null = null;
/** The visit that the page shows: what is done in one tab is never done to the visit of a link that another tab opened. */
let shownNumber = '1';

/** Notes which visit is shown from now on. */
export function shows(page: VisitPage): VisitPage {
  shownNumber = String(page.visit.number);
  return page;
}

/** What stands on the page now; null where that is what was read last. */
export async function readPage(): Promise<VisitPage | null> {
  const response = await call('visit', { headers: etag ? { 'If-None-Match': etag } : {} });
  if (response.status === 304) return null;
  etag = response.headers.get('ETag');
  return shows((await response.json()) as VisitPage);
}

export async function readHistory(): Promise<CarHistory> {
  return (await (await call('history', {})).json()) as CarHistory;
}

/** Sends something; `key` is made when the person acts and is the same when they try again. */
export async function send<T>(path: string, body?: unknown, key?: string): Promise<T> {
  const response = await call(path, {
    method: 'POST',
    headers: {
      'X-Keytag-Visit': shownNumber,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key ? { 'Idempotency-Key': key } : {}),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}
