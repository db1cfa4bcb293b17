import { useCallback, useEffect, useRef, useState } from 'react';
import { isSameValue } from '@/offline/order';
import { keep } from './act';

/** Long enough to hold a word back while it is typed, short enough that a killed browser takes no sentence along. */
const DELAY = 250;

interface Autosave {
  text: string;
  /** What stands in the field from now on, or what becomes of what stands there. */
  setText: (text: string | ((text: string) => string)) => void;
  onFocus: () => void;
  /** The field is left: what has not been saved is saved now, and what comes from the shop is shown again. */
  finish: () => void;
}

/**
 * A text that saves itself as it is typed. Until the field is left, what is typed stands there whatever comes from the shop.
 *
 * `save` belongs to the `value` of the same render: it says what stood there, and in which version, before the person typed. It
 * stays the one of the first letter, and after a save the one of what was saved: who else wrote meanwhile is not written over
 * without a word, for the shop then sees two edits of one text. It returns null where there is nothing to save; `asKept` tells
 * how a text comes back as a value.
 */
export function useAutosave(value: string, save: (text: string) => Promise<void> | null, asKept: (text: string) => string): Autosave {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = useRef(value);
  const isFocused = useRef(false);
  const pending = useRef<string | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const seen = useRef({ value, save, asKept });
  useEffect(() => {
    if (draft === null) shown.current = value;
    if (draft === null || isSameValue(value, seen.current.value)) seen.current = { value, save, asKept };
  });

  const flush = useCallback(async (): Promise<void> => {
    window.clearTimeout(timer.current);
    const text = pending.current;
    if (text === null) return;
    pending.current = null;
    const before = seen.current;
    const saving = before.save(text);
    if (saving) {
      // What is typed from here on builds on this.
      seen.current = { ...before, value: before.asKept(text) };
      if (!(await keep(() => saving))) {
        seen.current = before;
        pending.current ??= text;
        setDraft((now) => now ?? text);
        return;
      }
    }
    // Dictated, or left meanwhile: nothing more is typed on it.
    if (!isFocused.current) setDraft((now) => (now === text ? null : now));
  }, []);
  useEffect(() => {
    // The page may be put away, or its tablet, in the middle of a word.
    const leave = (): void => void flush();
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', leave);
      leave();
    };
  }, [flush]);

  return {
    text: draft ?? value,
    setText: (next) => {
      const text = typeof next === 'string' ? next : next(shown.current);
      shown.current = text;
      setDraft(text);
      pending.current = text;
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => void flush(), DELAY);
    },
    onFocus: () => {
      isFocused.current = true;
    },
    finish: () => {
      isFocused.current = false;
      if (pending.current === null) setDraft(null);
      else void flush();
    },
  };
}
