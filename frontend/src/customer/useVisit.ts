import { useCallback, useEffect, useRef, useState } from 'react';
import { readPage, Refusal, send, shows, type VisitPage } from './api';

/** How often a page looks whether something changed while somebody uses it, and while it only lies there. */
export const LOOK_EVERY = 1_500;
const LOOK_SELDOM = 8_000;
/** So long after the last touch or news somebody still counts as using it. */
const IN_USE_FOR = 10 * 60_000;
const TOUCHES = ['pointerdown', 'keydown', 'scroll'] as const;

interface Visit {
  page: VisitPage | null;
  /** Why there is no page, or why it may be old. */
  refusal: Refusal | null;
  /** Puts what an answer of the server brought in the page's place. */
  show: (page: VisitPage) => void;
  reload: () => void;
}

/** The page as it stands, read again while somebody looks at it; that they do is told once for each version they see. */
export function useVisit(): Visit {
  const [page, setPage] = useState<VisitPage | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const shown = useRef<VisitPage | null>(null);
  const told = useRef<number | null>(null);
  const usedAt = useRef(0);
  const isLooking = useRef(false);
  const answers = useRef(0);

  const put = useCallback((next: VisitPage) => {
    shown.current = next;
    usedAt.current = Date.now();
    setPage(next);
  }, []);

  /** Reads the page once; true where the server answered. */
  const look = useCallback(async (): Promise<boolean> => {
    if (isLooking.current) return true;
    isLooking.current = true;
    try {
      const before = answers.current;
      const news = await readPage();
      // What was read before an answer of ours came is older than it.
      if (news && before === answers.current) put(news);
      setRefusal(null);
      const version = shown.current?.estimate?.versionNo ?? 0;
      if (told.current !== version && document.visibilityState === 'visible') {
        told.current = version;
        await send('opened');
      }
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
      return false;
    } finally {
      isLooking.current = false;
    }
  }, [put]);

  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout>;
    const goOn = (isAnswered: boolean): void => {
      clearTimeout(timer);
      if (isGone) return;
      const isInUse = isAnswered && Date.now() - usedAt.current < IN_USE_FOR;
      timer = setTimeout(() => void next(), isInUse ? LOOK_EVERY : LOOK_SELDOM);
    };
    const next = async (): Promise<void> => {
      let isAnswered = false;
      try {
        isAnswered = document.visibilityState === 'visible' && (await look());
      } finally {
        // Whatever went wrong, somebody still looks at the page.
        goOn(isAnswered);
      }
    };
    const touch = (): void => {
      usedAt.current = Date.now();
    };
    const comeBack = (): void => {
      touch();
      if (document.visibilityState === 'visible') void next();
    };
    touch();
    // A page that is opened behind another one is read once, so that it is there when somebody looks.
    timer = setTimeout(() => void look().then(goOn));
    document.addEventListener('visibilitychange', comeBack);
    for (const name of TOUCHES) document.addEventListener(name, touch, { passive: true });
    return () => {
      isGone = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', comeBack);
      for (const name of TOUCHES) document.removeEventListener(name, touch);
    };
  }, [look]);

  const show = (next: VisitPage): void => {
    answers.current += 1;
    put(shows(next));
  };
  return { page, refusal, show, reload: () => void look() };
}
