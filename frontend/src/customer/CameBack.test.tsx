import { render, screen } from '@testing-library/react';
import type { VisitPage } from './api';
import { CameBack } from './CameBack';
import type { CardPayment } from './useCardPayment';

const page = { shop: { currency: 'USD' } } as VisitPage;
const owed = { totalCents: 278_72, paidCents: 0, balanceCents: 278_72, canPay: true, hasInvoice: true, hasReceipt: false };
const card = (paying: CardPayment['paying'], receivedCents: number | null = null, leftCents = 0): CardPayment => ({ paying, receivedCents, leftCents, forget: () => undefined });

it('has the focus while the payment is on its way, and says what came once the books have it', () => {
  const { rerender } = render(<CameBack page={page} money={owed} card={card('confirming', 0)} />);
  const heading = screen.getByRole('heading', { name: 'Your payment is on its way.' });
  expect(heading).toHaveFocus();
  expect(screen.queryByRole('link')).toBeNull();
  rerender(<CameBack page={page} money={{ ...owed, paidCents: 278_72, balanceCents: 0, canPay: false, hasReceipt: true }} card={card('received', 278_72)} />);
  expect(heading).toHaveTextContent('We received $278.72.');
  expect(heading).toHaveFocus();
  expect(screen.getByRole('link', { name: 'Receipt as PDF' })).toHaveAttribute('href', '/api/portal/papers/receipt.pdf');
});

it('names no amount that it does not know, and what is left where something is', () => {
  render(<CameBack page={page} money={{ ...owed, paidCents: 100_00, balanceCents: 178_72, hasReceipt: true }} card={card('received', null, 178_72)} />);
  expect(screen.getByRole('heading', { name: 'We received your payment.' })).toBeInTheDocument();
  expect(screen.getByText('$178.72 is left to pay.')).toBeInTheDocument();
});

it('says nothing to who did not come from the card’s page', () => {
  const { container } = render(<CameBack page={page} money={owed} card={card('idle')} />);
  expect(container).toBeEmptyDOMElement();
});
