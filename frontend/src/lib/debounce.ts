import { useEffect, useState } from 'react';

/** The value once it has rested for some milliseconds. */
export function useRested<T>(value: T, wait = 150): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(value), wait);
    return () => window.clearTimeout(timer);
  }, [value, wait]);
  return rested;
}
