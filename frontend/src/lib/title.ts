import { useEffect } from 'react';

/** The window's title while the component is mounted; the deepest one counts. */
export function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}
