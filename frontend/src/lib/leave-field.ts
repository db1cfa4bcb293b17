import { useEffect, useRef } from 'react';
import { isTyping } from './hotkeys';

/** Lets the field that someone types in save itself, before it is taken off the page: React tells no blur then. */
export function leaveField(): void {
  if (isTyping(document.activeElement)) (document.activeElement as HTMLElement).blur();
}

/** Calls `commit` when the field goes away with whatever is in it, such as by the browser's Back, or with the whole page. */
export function useCommitOnLeave(commit: () => void): void {
  const latest = useRef(commit);
  useEffect(() => {
    latest.current = commit;
  });
  useEffect(() => {
    const leave = (): void => latest.current();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
}
