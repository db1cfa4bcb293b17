import { afterAll, vi } from 'vitest';

// Files of tests share React and the other packages, which take long to load, but not our own modules: each file begins with
// those as they are when a page is opened.
afterAll(() => {
  vi.resetModules();
});
