/** Who comes after whom: the windows of this device, and acts within one. */
const LOCK = 'keytag-outbox';

/** One flusher: the windows of this device wait for each other. */
export async function alone<T>(act: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? await navigator.locks.request(LOCK, act) : await act();
}

/** The same work, each time once the time before is done; that one failed is no reason not to try the next. */
export function inTurn<Parts extends unknown[], T>(work: (...parts: Parts) => Promise<T>): (...parts: Parts) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (...parts) => {
    const done = last.then(() => work(...parts));
    last = done.catch(() => undefined);
    return done;
  };
}
