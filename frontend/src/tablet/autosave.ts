import { useCallback, useEffect, useRef, useState } from 'react';

/** Long enough to hold a word back while it is typed, short enough that a killed browser takes no sentence along. */
const DELAY = 250;

interface Autosave {
  text: string;
  setText: (text: string) => void;
  /** Saves what has not been saved; called when the field is left. */
  finish: () => void;
}

/** A text that saves itself as it is typed. Until the field is left, what is typed stands there whatever comes from the shop. */
export function useAutosave(value: string, save: (text: string) => void): Autosave {
  const [draft, setDraft] = useState<string | null>(null);
  const pending = useRef<string | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  const flush = useCallback(() => {
    window.clearTimeout(timer.current);
    const text = pending.current;
    pending.current = null;
    if (text !== null) latest.current(text);
  }, []);
  useEffect(() => {
    // The page may be put away, or its tablet, in the middle of a word.
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
      flush();
    };
  }, [flush]);
  return {
    text: draft ?? value,
    setText: (text) => {
      setDraft(text);
      pending.current = text;
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(flush, DELAY);
    },
    finish: () => {
      flush();
      setDraft(null);
    },
  };
}
