import { Blob as NodeBlob } from 'node:buffer';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { CHUNK_BYTES, hashOf, uploadPhoto } from './upload';

const ID = '0193-photo';
// jsdom's own can neither be hashed nor sent.
vi.stubGlobal('Blob', NodeBlob);
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const bytes = new Uint8Array(2 * CHUNK_BYTES + 7).map((_, index) => index % 251);
const blob = new Blob([bytes], { type: 'image/jpeg' });

/** A server that keeps chunks as ours does; `fail` may answer instead. */
function shop(fail: (what: string, count: number) => Response | null = () => null) {
  const chunks = new Map<number, Uint8Array>();
  const said: string[] = [];
  let announced: { byteCount: number; contentHash: string } | null = null;
  let storedAt: string | null = null;
  const state = () => {
    let received = 0;
    while (chunks.has(received)) received += chunks.get(received)!.length;
    return { id: ID, received: storedAt ? bytes.length : received, storedAt };
  };
  const answer = (what: string, act: () => Promise<void> | void) => async () => {
    said.push(what);
    const failure = fail(what, said.filter((one) => one === what).length);
    if (failure) return failure;
    await act();
    return HttpResponse.json(state());
  };
  server.use(
    http.post('*/api/items/item/photos', async ({ request }) => {
      announced = (await request.json()) as typeof announced;
      return answer('begin', () => undefined)();
    }),
    http.put('*/api/photos/:id/chunks/:start', async ({ params, request }) => {
      expect(request.headers.get('content-type')).toBe('application/octet-stream');
      const content = new Uint8Array(await request.arrayBuffer());
      return answer(`put ${String(params.start)}`, () => void chunks.set(Number(params.start), content))();
    }),
    http.get('*/api/photos/:id', answer('get', () => undefined)),
    http.post(
      '*/api/photos/:id/finish',
      answer('finish', () => {
        storedAt = '2026-11-20T15:00:00Z';
      }),
    ),
  );
  return { chunks, said, announced: () => announced, forget: () => chunks.clear() };
}

describe('uploading a photo', () => {
  it('sends every byte once, in chunks, and says how far it is', async () => {
    const { chunks, said, announced } = shop();
    const progress: number[] = [];

    const photo = await uploadPhoto({ id: ID, itemId: 'item', blob }, (sent) => progress.push(sent));

    expect(photo.storedAt).not.toBeNull();
    expect(said).toEqual(['begin', 'put 0', `put ${CHUNK_BYTES}`, `put ${2 * CHUNK_BYTES}`, 'finish']);
    expect(announced()).toEqual({ id: ID, byteCount: bytes.length, contentHash: await hashOf(blob) });
    expect([...chunks.values()].flatMap((chunk) => [...chunk])).toEqual([...bytes]);
    expect(progress).toEqual([0, CHUNK_BYTES, 2 * CHUNK_BYTES, bytes.length]);
  });

  it('goes on where an earlier try was cut off', async () => {
    const { said } = shop((what, count) => (what === `put ${CHUNK_BYTES}` && count === 1 ? HttpResponse.error() : null));
    await expect(uploadPhoto({ id: ID, itemId: 'item', blob })).rejects.toMatchObject({ code: 'network' });

    await uploadPhoto({ id: ID, itemId: 'item', blob });

    expect(said.slice(3)).toEqual(['begin', `put ${CHUNK_BYTES}`, `put ${2 * CHUNK_BYTES}`, 'finish']);
  });

  it('sends once more what arrived broken, and then gives up', async () => {
    const broken = () => HttpResponse.json({ code: 'upload_broken' }, { status: 422 });
    const once = shop((what, count) => (what === 'finish' && count === 1 ? (once.forget(), broken()) : null));
    await uploadPhoto({ id: ID, itemId: 'item', blob });
    expect(once.said.filter((one) => one === 'put 0')).toHaveLength(2);

    server.resetHandlers();
    const always = shop((what) => (what === 'finish' ? (always.forget(), broken()) : null));
    await expect(uploadPhoto({ id: ID, itemId: 'item', blob })).rejects.toMatchObject({ code: 'upload_broken' });
    expect(always.said.filter((one) => one === 'finish')).toHaveLength(2);
  });

  it('passes a refusal on at once', async () => {
    const { said } = shop((what) => (what === 'finish' ? HttpResponse.json({ code: 'photo_refused', detail: 'No.' }, { status: 422 }) : null));

    await expect(uploadPhoto({ id: ID, itemId: 'item', blob })).rejects.toMatchObject({ status: 422, detail: 'No.' });
    expect(said.filter((one) => one === 'finish')).toHaveLength(1);
  });

  it('stops when it is told to', async () => {
    const { said } = shop();
    const stop = new AbortController();
    const upload = uploadPhoto({ id: ID, itemId: 'item', blob }, (sent) => (sent > 0 ? stop.abort() : undefined), { signal: stop.signal });

    await expect(upload).rejects.toThrow();
    expect(said).toEqual(['begin', 'put 0']);
  });
});
