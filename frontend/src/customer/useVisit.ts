import { useCallback, useEffect, useRef, useState } from 'react';
import { readPage, Refusal, send, type VisitPage } from './api';

/** How often an open page looks whether something changed. */
const LOOK_EVERY = 8_000;

interface Visit {
  page: VisitPage | null;
  /** Why there is no page, or why it may be old. */
  refusal: Refusal | null;
  /** Puts what an answer of the server brought in the page's place. */
  show: (page: VisitPage) => void;
  reload: () => void;
}

/** The page as it stands, read again while somebody looks at it; that they do is told once. */
export function useVisit(): Visit {
  const [page, setPage] = useState<VisitPage | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const wasTold = useRef(false);

  const look = useCallback(async () => {
    try {
      const news = await readPage();
      if (news) setPage(news);
      setRefusal(null);
      if (!wasTold.current && document.visibilityState === 'visible') {
        wasTold.current = true;
        await send('opened');
      }
    } catch (error) {
      if (error instanceof Refusal) setRefusal(error);
      else throw error;
    }
  }, []);

  useEffect(() => {
    const lookIfSeen = (): void => {
      if (document.visibilityState === 'visible') void look();
    };
    const first = setTimeout(() => void look());
    const timer = setInterval(lookIfSeen, LOOK_EVERY);
    document.addEventListener('visibilitychange', lookIfSeen);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lookIfSeen);
    };
  }, [look]);

  return { page, refusal, show: setPage, reload: () => void look() };
}
