import { useEffect, useState } from 'react';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { spanWords } from '@/lib/time';

/** How old numbers are, counted on: `As of 12 s ago`. */
export function Age({ computedAt }: { computedAt: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const age = Math.max(0, now - Date.parse(computedAt));
  const seconds = Math.floor(age / 1000);
  const span = seconds < 60 ? t('numbers.part.s', { amount: String(seconds) }) : spanWords(age);
  return <span className="tabular">{seconds < 2 ? t('numbers.age.now') : t('numbers.age', { span })}</span>;
}
