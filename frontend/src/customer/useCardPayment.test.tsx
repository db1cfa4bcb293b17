import { act, renderHook } from '@testing-library/react';
import type { VisitPage } from './api';
import { begin } from './paying';
import { useCardPayment } from './useCardPayment';

const page = (paidCents: number): VisitPage => ({ visit: { number: 7 }, money: { paidCents, balanceCents: 180_00 - paidCents } }) as VisitPage;

it('keeps saying what came, when some of it is paid back and when the page is loaded anew', () => {
  begin(7, 0);
  history.replaceState(null, '', '/visit?paid=1');
  const { result, rerender } = renderHook(({ paid }) => useCardPayment(page(paid)), { initialProps: { paid: 0 } });
  expect(result.current.paying).toBe('confirming');
  rerender({ paid: 180_00 });
  expect(result.current).toMatchObject({ paying: 'received', receivedCents: 180_00 });
  expect(location.search).toBe('');
  rerender({ paid: 0 });
  expect(result.current).toMatchObject({ paying: 'received', receivedCents: 180_00, leftCents: 0 });
  expect(renderHook(() => useCardPayment(page(0))).result.current.paying).toBe('idle');
});

it('is over, and gone from the address, where the customer begins another payment', () => {
  history.replaceState(null, '', '/visit?paid=0');
  const { result } = renderHook(() => useCardPayment(page(0)));
  expect(result.current.paying).toBe('canceled');
  act(() => result.current.forget());
  expect(result.current.paying).toBe('idle');
  expect(location.search).toBe('');
});
