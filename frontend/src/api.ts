/**
 * The only door to the server.
 *
 * Cookies carry the session; unsafe methods send the CSRF cookie back as a header; a 401 is answered once by refreshing the
 * session and repeating the request. Every refusal becomes one `ApiError`. Nothing here retries a write.
 */
import { noteServerTime } from '@/lib/device-clock';

interface Problem {
  type?: string;
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  requestId?: string;
  errors?: Record<string, string[]>;
}

/** A refusal of the server, or its silence (`status` 0, `code` "network"). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Messages by field, in the server's words. */
  readonly fields: Record<string, string[]>;
  readonly requestId: string | null;
  /** Seconds the server asked to wait. */
  readonly retryAfter: number | null;
  /** The whole problem document, for its extra members such as `card`, `collisions` or `conflicts`. */
  readonly body: Record<string, unknown>;

  constructor(status: number, problem: Problem, retryAfter: number | null = null) {
    super(problem.detail ?? problem.title ?? problem.code ?? String(status));
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'network' : 'unknown');
    this.title = problem.title ?? '';
    this.detail = problem.detail ?? '';
    this.fields = problem.errors ?? {};
    this.requestId = problem.requestId ?? null;
    this.retryAfter = retryAfter;
    this.body = problem as Record<string, unknown>;
  }

  /** One extra member of the problem document, unchecked. */
  extra<T>(name: string): T | undefined {
    return this.body[name] as T | undefined;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  query?: Query;
  /** Goes as JSON; a Blob goes as it is. */
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Made when the person acts, reused when the same action is repeated by hand. */
  idempotencyKey?: string;
  /** The version the editor saw. */
  ifMatch?: number;
  /**
   * What `sessionSign` said of the session that this is meant for. In another it is neither sent nor repeated: it is refused
   * with 401 and SESSION_CHANGED. Without it, it goes in whatever session there is.
   */
  session?: string | null;
}
/** The code of what was kept back because somebody signed in meanwhile, or another tab renewed the session. */
export const SESSION_CHANGED = 'session_changed';

interface EarlyRequest {
  url: string;
  promise: Promise<Response>;
}
declare global {
  interface Window {
    /** Requests that public/boot.js has started; `chosen` settles once it is known which board to ask for. */
    __boot?: { me?: EarlyRequest | undefined; board?: EarlyRequest | undefined; chosen?: Promise<void> } | undefined;
  }
}

let onSessionEnd: (() => void) | null = null;
/** Tells what to do when the session is over and cannot be refreshed. */
export function whenSessionEnds(handler: (() => void) | null): void {
  onSessionEnd = handler;
}

let onFeatureOff: (() => void) | null = null;
/** Tells what to do when the server says that a feature is switched off which this page still shows. */
export function whenFeatureIsOff(handler: (() => void) | null): void {
  onFeatureOff = handler;
}

export function readCookie(name: string): string | null {
  for (const part of document.cookie.split('; ')) {
    const at = part.indexOf('=');
    if (part.slice(0, at) === name) return decodeURIComponent(part.slice(at + 1));
  }
  return null;
}

const ACCESS_COOKIE = 'csrf_access_token';
/** Comes with each session and each renewal of one; null where nobody is signed in. */
export function sessionSign(): string | null {
  return readCookie(ACCESS_COOKIE);
}

/** A key that makes one POST of a person's act happen at most once. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

export function buildUrl(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

const REFRESH_COOKIE = 'csrf_refresh_token';
/** A renewal that hangs must not hold the other tabs for ever. */
const REFRESH_LIMIT = 15_000;

/** One tab at a time: all tabs share the token, and one that was used twice ends the session. */
async function alone<T>(act: () => Promise<T>): Promise<T> {
  // Pages that came by plain HTTP have no locks; the server then forgives a token that was used twice in a moment.
  return 'locks' in navigator ? await navigator.locks.request('keytag-refresh', act) : await act();
}

/** `renewed` here; `changed` by another tab, which renewed it or let somebody else in; or `over`. */
type Renewal = 'renewed' | 'changed' | 'over';
let refreshing: Promise<Renewal> | null = null;
/**
 * Renews the session once for everyone who asks at the same moment, in every tab. `seen` is the cookie that the refused
 * request went out with: when it is another one now, the session has changed meanwhile.
 *
 * A server that is silent or in trouble has said nothing about the session: that throws.
 */
function refreshSession(seen: string | null): Promise<Renewal> {
  refreshing ??= alone(async (): Promise<Renewal> => {
    const csrf = readCookie(REFRESH_COOKIE);
    if (!csrf) return 'over';
    if (csrf !== seen) return 'changed';
    const response = await fetch('/api/auth/refresh', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'X-CSRF-TOKEN': csrf },
      signal: AbortSignal.timeout(REFRESH_LIMIT),
    });
    if (response.status >= 500 || response.status === 429) throw await toError(response);
    return response.ok ? 'renewed' : 'over';
  }).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/**
 * Takes what an early request brought: whoever asks for its address later wants news, not this again. Null where it failed, then
 * it stays for whoever asks and can tell why; and where somebody has it already.
 */
export async function readEarly<T>(name: 'me' | 'board'): Promise<{ url: string; data: T } | null> {
  const early = window.__boot?.[name];
  if (!early) return null;
  try {
    const response = await early.promise;
    if (!response.ok || window.__boot?.[name] !== early) return null;
    window.__boot[name] = undefined;
    return { url: early.url, data: (await response.json()) as T };
  } catch {
    return null;
  }
}

function earlyResponse(url: string): Promise<Response> | null {
  const boot = window.__boot;
  if (!boot) return null;
  for (const name of ['me', 'board'] as const) {
    const early = boot[name];
    if (early?.url === url) {
      boot[name] = undefined;
      return early.promise;
    }
  }
  return null;
}

async function send(method: string, url: string, options: RequestOptions): Promise<Response> {
  if (method === 'GET') {
    const early = earlyResponse(url);
    if (early) return early;
  }
  const headers: Record<string, string> = { Accept: 'application/json' };
  const csrf = sessionSign();
  if (method !== 'GET' && csrf) headers['X-CSRF-TOKEN'] = csrf;
  const { body } = options;
  if (body !== undefined) headers['Content-Type'] = body instanceof Blob ? 'application/octet-stream' : 'application/json';
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  if (options.ifMatch !== undefined) headers['If-Match'] = `"${options.ifMatch}"`;
  const sentAt = Date.now();
  const response = await fetch(url, {
    method,
    headers,
    credentials: 'same-origin',
    body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
    signal: options.signal ?? null,
  });
  noteServerTime(response.headers.get('Date'), sentAt, Date.now());
  return response;
}

async function toError(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get('Retry-After') ?? '');
  let problem: Problem = {};
  try {
    problem = (await response.json()) as Problem;
  } catch {
    problem = { title: response.statusText };
  }
  problem.requestId ??= response.headers.get('X-Request-ID') ?? '';
  return new ApiError(response.status, problem, Number.isFinite(after) && after > 0 ? after : null);
}

const changed = (): ApiError => new ApiError(401, { code: SESSION_CHANGED });

/** A refusal there says nothing about a session; asked twice, it would count twice. */
const SIGN_INS: ReadonlySet<string> = new Set(['/api/auth/login', '/api/tablet/enter']);

/** The answer itself, for what is read while it comes; a refusal throws. */
async function receive(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const url = buildUrl(path, options.query);
  const seen = readCookie(REFRESH_COOKIE);
  const isBound = options.session !== undefined;
  if (isBound && options.session !== sessionSign()) throw changed();
  let response: Response;
  try {
    response = await send(method, url, options);
    if (response.status === 401 && !SIGN_INS.has(path)) {
      // A renewal that is under way may be that of whoever is here now.
      if (isBound && readCookie(REFRESH_COOKIE) !== seen) throw changed();
      const renewal = await refreshSession(seen);
      if (isBound && renewal === 'changed') throw changed();
      if (renewal !== 'over') response = await send(method, url, options);
      if (response.status === 401) onSessionEnd?.();
    }
  } catch (error) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError')) throw error;
    throw new ApiError(0, { code: 'network' });
  }
  if (!response.ok) {
    const error = await toError(response);
    if (error.code === 'feature_off') onFeatureOff?.();
    throw error;
  }
  return response;
}

async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await receive(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const api = {
  receive: (path: string, options?: RequestOptions) => receive('GET', path, options),
  get: <T>(path: string, options?: RequestOptions) => request<T>('GET', path, options),
  post: <T>(path: string, options?: RequestOptions) => request<T>('POST', path, options),
  put: <T>(path: string, options?: RequestOptions) => request<T>('PUT', path, options),
  patch: <T>(path: string, options?: RequestOptions) => request<T>('PATCH', path, options),
  delete: <T = void>(path: string, options?: RequestOptions) => request<T>('DELETE', path, options),
};
