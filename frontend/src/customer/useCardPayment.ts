import { useEffect, useState } from 'react';
import type { VisitPage } from './api';
import { paidBefore, PATIENCE, payingOf, receivedOf, type Paying } from './paying';

export interface CardPayment {
  paying: Paying;
  /** In cents, what the shop's books took in since the customer left for the card's page; null where that is not known. */
  receivedCents: number | null;
  /** In cents, what was left to pay when it came. */
  leftCents: number;
  /** The customer begins another payment: what became of the last one is over. */
  forget: () => void;
}

/** What became of a payment that brought the customer back from the card's page, followed as the page is read anew. */
export function useCardPayment(page: VisitPage | null): CardPayment {
  const [came, setCame] = useState(() => new URLSearchParams(location.search).get('paid'));
  const [isLate, setIsLate] = useState(false);
  const [arrived, setArrived] = useState<{ cents: number | null; left: number } | null>(null);
  const number = page?.visit.number;
  const money = page?.money ?? null;
  const before = number === undefined ? null : paidBefore(number);
  const found = money ? payingOf(came, before, money, isLate) : 'idle';
  // What came stays said, also when the shop pays some of it back while this page is open.
  if (money && found === 'received' && !arrived) setArrived({ cents: receivedOf(before, money), left: money.balanceCents });
  const paying = arrived ? 'received' : found;
  useEffect(() => {
    if (arrived) leave();
  }, [arrived]);
  useEffect(() => {
    if (paying !== 'confirming') return;
    const timer = setTimeout(() => setIsLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [paying]);
  const forget = (): void => {
    setCame(null);
    setArrived(null);
    leave();
  };
  return { paying, receivedCents: arrived?.cents ?? null, leftCents: arrived?.left ?? money?.balanceCents ?? 0, forget };
}

/** The address says nothing of a payment that is over: who loads it anew, or comes back to it, is not told of it again. */
function leave(): void {
  history.replaceState(history.state, '', location.pathname + location.hash);
}
