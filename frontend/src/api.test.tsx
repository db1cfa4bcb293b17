import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { ApiError, SESSION_CHANGED, api, buildUrl, readEarly, whenSessionEnds } from './api';
import { errorWords } from './lib/error-words';

const ORIGIN = 'http://localhost:3000';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  server.resetHandlers();
  document.cookie = 'csrf_access_token=; max-age=0';
  document.cookie = 'csrf_refresh_token=; max-age=0';
  window.__boot = undefined;
});
afterAll(() => server.close());
const problem = (status: number, body: object, headers = {}) => HttpResponse.json({ status, ...body }, { status, headers });

describe('requests', () => {
  it('carry the CSRF cookie, the key and the version on writes, never on reads', async () => {
    document.cookie = 'csrf_access_token=token-1';
    const seen: Headers[] = [];
    server.use(http.all(`${ORIGIN}/api/thing`, ({ request }) => (seen.push(request.headers), HttpResponse.json({}))));
    await api.get('/api/thing');
    await api.post('/api/thing', { body: { a: 1 }, idempotencyKey: 'key-1', ifMatch: 7 });
    expect(seen[0]?.get('x-csrf-token')).toBeNull();
    expect(seen[1]?.get('x-csrf-token')).toBe('token-1');
    expect(seen[1]?.get('idempotency-key')).toBe('key-1');
    expect(seen[1]?.get('if-match')).toBe('"7"');
  });
  it('leave empty query values out', () => {
    expect(buildUrl('/x', { a: 1, b: null, c: undefined, d: '', e: false })).toBe('/x?a=1&e=false');
  });
  it('take over the request that was started before the code came, once', async () => {
    let calls = 0;
    server.use(http.get(`${ORIGIN}/api/me`, () => (calls++, HttpResponse.json({ from: 'network' }))));
    window.__boot = { me: { url: '/api/me', promise: Promise.resolve(Response.json({ from: 'early' })) } };
    expect(await api.get('/api/me')).toEqual({ from: 'early' });
    expect(await api.get('/api/me')).toEqual({ from: 'network' });
    expect(calls).toBe(1);
  });
  it('bring news once the early answer was taken for the first picture', async () => {
    server.use(http.get(`${ORIGIN}/api/me`, () => HttpResponse.json({ from: 'network' })));
    window.__boot = { me: { url: '/api/me', promise: Promise.resolve(Response.json({ from: 'early' })) } };
    expect(await readEarly('me')).toEqual({ url: '/api/me', data: { from: 'early' } });
    expect(await readEarly('me')).toBeNull();
    expect(await api.get('/api/me')).toEqual({ from: 'network' });
  });
  it('leave an early refusal to whoever asks', async () => {
    const refused = () => new Response('{"code":"forbidden"}', { status: 403 });
    window.__boot = { me: { url: '/api/me', promise: Promise.resolve(refused()) } };
    expect(await readEarly('me')).toBeNull();
    await expect(api.get('/api/me')).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a session that ran out', () => {
  it('is renewed once for all who ask at the same moment, and their requests are repeated', async () => {
    document.cookie = 'csrf_refresh_token=r';
    let renewed = 0;
    server.use(
      http.get(`${ORIGIN}/api/thing`, () => (renewed ? HttpResponse.json({ ok: true }) : problem(401, { code: 'session_ended' }))),
      http.post(`${ORIGIN}/api/auth/refresh`, () => (renewed++, new HttpResponse(null, { status: 204 }))),
    );
    expect(await Promise.all([api.get('/api/thing'), api.get('/api/thing')])).toEqual([{ ok: true }, { ok: true }]);
    expect(renewed).toBe(1);
  });
  it('is not renewed again when another tab has done it while the answer was on its way', async () => {
    document.cookie = 'csrf_refresh_token=old';
    let asked = 0;
    let renewed = 0;
    server.use(
      http.get(`${ORIGIN}/api/thing`, () => {
        if (asked++) return HttpResponse.json({ ok: true });
        document.cookie = 'csrf_refresh_token=of-the-other-tab';
        return problem(401, { code: 'session_ended' });
      }),
      http.post(`${ORIGIN}/api/auth/refresh`, () => (renewed++, problem(401, { code: 'session_ended' }))),
    );
    expect(await api.get('/api/thing')).toEqual({ ok: true });
    expect(renewed).toBe(0);
  });
  it('is not renewed, nor is the request repeated, for one that is meant for that session alone', async () => {
    document.cookie = 'csrf_access_token=marcus';
    document.cookie = 'csrf_refresh_token=of-marcus';
    const heard: string[] = [];
    const answer = () => {
      heard.push(document.cookie);
      // Luis comes in while Marcus's request is under way, which ends Marcus's session.
      document.cookie = 'csrf_access_token=luis';
      document.cookie = 'csrf_refresh_token=of-luis';
      return problem(401, { code: 'session_ended' });
    };
    server.use(http.post(`${ORIGIN}/api/thing`, answer), http.post(`${ORIGIN}/api/auth/refresh`, answer));
    await expect(api.post('/api/thing', { session: 'marcus' })).rejects.toMatchObject({ status: 401, code: SESSION_CHANGED });
    expect(heard).toHaveLength(1);
    // What comes later is not even sent.
    await expect(api.post('/api/thing', { session: 'marcus' })).rejects.toMatchObject({ code: SESSION_CHANGED });
    expect(heard).toHaveLength(1);
  });
  it('is renewed for a request that is meant for it alone, too', async () => {
    document.cookie = 'csrf_access_token=marcus';
    document.cookie = 'csrf_refresh_token=r';
    let isRenewed = false;
    server.use(
      http.post(`${ORIGIN}/api/thing`, () => (isRenewed ? HttpResponse.json({ ok: true }) : problem(401, { code: 'session_ended' }))),
      http.post(`${ORIGIN}/api/auth/refresh`, () => {
        isRenewed = true;
        document.cookie = 'csrf_access_token=marcus-2';
        document.cookie = 'csrf_refresh_token=r-2';
        return new HttpResponse(null, { status: 204 });
      }),
    );
    expect(await api.post('/api/thing', { session: 'marcus' })).toEqual({ ok: true });
  });
  it('waits for the tab that is renewing it, and then looks again', async () => {
    document.cookie = 'csrf_refresh_token=old';
    let renewed = 0;
    let isNew = false;
    const asked: string[] = [];
    vi.stubGlobal('navigator', {
      ...navigator,
      // The other tab has the lock: it renews the session before this one gets its turn.
      locks: {
        request: (name: string, act: () => Promise<boolean>) => {
          asked.push(name);
          document.cookie = 'csrf_refresh_token=of-the-other-tab';
          isNew = true;
          return act();
        },
      },
    });
    server.use(
      http.get(`${ORIGIN}/api/thing`, () => (isNew ? HttpResponse.json({ ok: true }) : problem(401, { code: 'session_ended' }))),
      http.post(`${ORIGIN}/api/auth/refresh`, () => (renewed++, new HttpResponse(null, { status: 204 }))),
    );
    expect(await api.get('/api/thing')).toEqual({ ok: true });
    expect(asked).toEqual(['keytag-refresh']);
    expect(renewed).toBe(0);
    vi.unstubAllGlobals();
  });
  it.each([
    ['is silent', () => HttpResponse.error(), 0],
    ['is in trouble', () => problem(503, { code: 'unavailable' }), 503],
  ])('is not over because the server %s when it is to be renewed', async (_words, answer, status) => {
    const ended = vi.fn();
    whenSessionEnds(ended);
    document.cookie = 'csrf_refresh_token=r';
    server.use(
      http.get(`${ORIGIN}/api/thing`, () => problem(401, { code: 'session_ended' })),
      http.post(`${ORIGIN}/api/auth/refresh`, answer),
    );
    await expect(api.get('/api/thing')).rejects.toMatchObject({ status });
    expect(ended).not.toHaveBeenCalled();
    whenSessionEnds(null);
  });
  it('ends when it can’t be renewed', async () => {
    const ended = vi.fn();
    whenSessionEnds(ended);
    document.cookie = 'csrf_refresh_token=r';
    server.use(
      http.get(`${ORIGIN}/api/thing`, () => problem(401, { code: 'session_ended' })),
      http.post(`${ORIGIN}/api/auth/refresh`, () => problem(401, { code: 'session_ended' })),
    );
    await expect(api.get('/api/thing')).rejects.toMatchObject({ status: 401, code: 'session_ended' });
    expect(ended).toHaveBeenCalledOnce();
    whenSessionEnds(null);
  });
});

describe('refusals', () => {
  it('keep the server’s words, fields, number and extra members', async () => {
    server.use(
      http.post(`${ORIGIN}/api/thing`, () =>
        problem(409, { code: 'overlap', detail: 'Taken.', requestId: 'r-1', errors: { start: ['No.'] }, collisions: [{ id: 'a' }] }),
      ),
    );
    const error = await api.post('/api/thing').catch((caught: unknown) => caught as ApiError);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: 'overlap', detail: 'Taken.', requestId: 'r-1', fields: { start: ['No.'] } });
    expect((error as ApiError).extra('collisions')).toEqual([{ id: 'a' }]);
    expect(errorWords(error)).toBe('Taken.');
  });
  it('say how long to wait', async () => {
    server.use(http.post(`${ORIGIN}/api/auth/login`, () => problem(429, { code: 'too_many_requests' }, { 'Retry-After': '540' })));
    const error = await api.post('/api/auth/login').catch((caught: unknown) => caught);
    expect(errorWords(error)).toBe('Too many tries. Wait 9 min and try again.');
  });
  it('tell a silent server from one that refuses', async () => {
    server.use(http.get(`${ORIGIN}/api/thing`, () => HttpResponse.error()));
    await expect(api.get('/api/thing')).rejects.toMatchObject({ status: 0, code: 'network' });
  });
  it('survive an answer that is no JSON', async () => {
    server.use(http.get(`${ORIGIN}/api/thing`, () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' })));
    await expect(api.get('/api/thing')).rejects.toMatchObject({ status: 502, title: 'Bad Gateway' });
  });
});
