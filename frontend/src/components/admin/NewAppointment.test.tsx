import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { BROOKLYN, renderSignedIn } from '@/testing/render-signed-in';
import { NewAppointment } from './NewAppointment';

const server = setupServer(
  http.get('http://localhost:3000/api/:list', () => HttpResponse.json({ items: [], nextCursor: null })),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());

it('has who, then their car, then what corrects the guess: the way of Tab', async () => {
  renderSignedIn(<NewAppointment />);
  const who = await screen.findByRole('combobox', { name: 'Customer, phone or plate' });
  await userEvent.type(who, 'QRS 5512');
  const car = screen.getByRole('textbox', { name: 'Year, make, model' });
  const guess = screen.getByRole('button', { name: 'It’s a name' });
  expect(who.compareDocumentPosition(car)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  expect(car.compareDocumentPosition(guess)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  await userEvent.click(guess);
  expect(screen.getByRole('textbox', { name: 'Phone' })).toBeVisible();
  expect(screen.getByText('New customer “QRS 5512”')).toBeVisible();
});

it('names the location where there are several', async () => {
  renderSignedIn(<NewAppointment />);
  expect(await screen.findByRole('dialog', { name: 'New appointment' })).toHaveTextContent(BROOKLYN.name);
});
