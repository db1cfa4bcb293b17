/**
 * Keeps the tablet's page for when there is no network: its own files, whole and of one version, and nothing else. Answers of
 * the API are never kept here; what the tablet knows of the shop lies in its database, where it can be looked through.
 */
interface Waits extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Fetches extends Event {
  request: Request;
  respondWith: (response: Promise<Response>) => void;
}
interface Keeping {
  location: Location;
  clients: { claim: () => Promise<void> };
  skipWaiting: () => Promise<void>;
  addEventListener: ((type: 'install' | 'activate', listener: (event: Waits) => void) => void) &
    ((type: 'fetch', listener: (event: Fetches) => void) => void) &
    ((type: 'message', listener: (event: MessageEvent) => void) => void);
}
const worker = self as unknown as Keeping;

// Written in by the build: the version and the files of the page, which is the first of them.
const [version = '', ...files] = '@@TABLET@@'.split('|');
const PREFIX = 'keytag-tablet-';
const CACHE = PREFIX + version;
const [page = '/tech'] = files;
const kept = new Set(files);

worker.addEventListener('install', (event) => {
  // All or nothing, past the browser's own cache: half a version would be none.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })))));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  const isPage = request.mode === 'navigate' && (url.pathname === page || url.pathname.startsWith(`${page}/`));
  if (!isPage && !kept.has(url.pathname)) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(isPage ? page : url.pathname))
      .then((found) => found ?? fetch(request)),
  );
});

// A module of its own for TypeScript; the build leaves nothing of it.
export {};
