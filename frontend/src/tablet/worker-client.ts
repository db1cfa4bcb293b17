import { useSyncExternalStore } from 'react';

/**
 * The worker that keeps this page for when there is no network. A new version waits until the person says so: nothing restarts
 * in the middle of an inspection.
 */
const SCRIPT = '/tech-worker.js';
let waiting: ServiceWorker | null = null;
let isRestarting = false;
const listeners = new Set<() => void>();

function offer(worker: ServiceWorker | null): void {
  waiting = worker;
  for (const listener of listeners) listener();
}

export function registerWorker(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const container = navigator.serviceWorker;
  container.addEventListener('controllerchange', () => {
    if (isRestarting) window.location.reload();
  });
  void container.register(SCRIPT, { scope: '/tech' }).then(
    (registration) => {
      if (registration.waiting) offer(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const fresh = registration.installing;
        fresh?.addEventListener('statechange', () => {
          // The first one of all takes over by itself: there is nothing to restart.
          if (fresh.state === 'installed' && container.controller) offer(fresh);
        });
      });
      // A tablet stays open for weeks.
      window.setInterval(() => void registration.update().catch(() => undefined), 60 * 60_000);
    },
    () => undefined,
  );
}

export function useWaitingVersion(): ServiceWorker | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
}

export function restart(worker: ServiceWorker): void {
  isRestarting = true;
  worker.postMessage('take-over');
}
