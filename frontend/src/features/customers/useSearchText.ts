import { useEffect, useState } from 'react';
import { useLocation, useNavigationType } from 'react-router';
import { useRested } from '@/lib/debounce';
import { useUrlState } from '@/lib/url-state';

/** Long enough that fast typing asks once, short enough that nobody waits for it. */
const REST = 90;

/**
 * The search text: at once in the field, in the address and in the request when it has rested. The address is followed when
 * somebody else changed it (Back, a link), never on our own writes, which may lag behind fast fingers.
 */
export function useSearchText(): { text: string; rested: string; type: (text: string) => void } {
  const { params, set } = useUrlState();
  const { key } = useLocation();
  const how = useNavigationType();
  const inAddress = params.get('q') ?? '';
  const [text, type] = useState(inAddress);
  const [seenKey, setSeenKey] = useState(key);
  if (key !== seenKey) {
    setSeenKey(key);
    if (how !== 'REPLACE' && inAddress !== text.trim()) type(inAddress);
  }
  const rested = useRested(text, REST).trim();
  useEffect(() => {
    if (rested !== inAddress && rested === text.trim()) set({ q: rested || null });
  }, [rested, inAddress, text, set]);
  return { text, rested, type };
}
