import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { MARCUS } from '@/testing/tech-day';
import { SignIn } from './SignIn';
import { keeper } from './work';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
afterEach(() => {
  server.resetHandlers();
  vi.restoreAllMocks();
});
const luis = { id: 'luis', name: 'Luis Ortega', hasPin: true, isLocked: false };
const tablet = { items: [{ ...MARCUS, hasPin: true, isLocked: false }, luis], idleSeconds: 300 };

it('says on each name what waits of whom', async () => {
  const work = { ...keeper.read(), status: 'out' as const, others: new Map([[MARCUS.id, 3]]) };
  vi.spyOn(keeper, 'read').mockReturnValue(work);
  server.use(http.get('*/api/tablet/people', () => HttpResponse.json(tablet)));
  render(<SignIn />);
  expect(await screen.findByRole('button', { name: /Marcus Bell/ })).toHaveTextContent('3 changes wait here');
  expect(screen.getByRole('button', { name: /Luis Ortega/ })).not.toHaveTextContent('wait');
});

it('says to a role without that work that it has none here, with the way to its own page', async () => {
  const refusal = 'This page is for those who work at the cars.';
  vi.spyOn(keeper, 'read').mockReturnValue({ ...keeper.read(), status: 'out', connection: 'refused', refusal });
  server.use(http.get('*/api/tablet/people', () => HttpResponse.json({}, { status: 401 })));
  render(<SignIn />);
  expect(await screen.findByText(refusal)).toBeVisible();
  expect(screen.getByRole('link', { name: 'To your own page' })).toHaveAttribute('href', '/');
});

it('says what to do with a code that is a wallboard’s', async () => {
  const asked: unknown[] = [];
  server.use(
    http.get('*/api/tablet/people', () => HttpResponse.json({}, { status: 401 })),
    http.post('*/api/devices/pair', async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json({ code: 'pairing_code_other_kind', detail: 'This is a wallboard’s code. Open /wall.' }, { status: 422 });
    }),
  );
  render(<SignIn />);
  await userEvent.type(await screen.findByLabelText('Code'), 'ABCD2345');
  await userEvent.click(screen.getByRole('button', { name: 'Make it the shop’s tablet' }));
  expect(await screen.findByText('This is a wallboard’s code. Open /wall.')).toBeVisible();
  expect(asked).toEqual([{ code: 'ABCD2345', kind: 'tablet' }]);
});

describe('the PIN pad', () => {
  const come = async (): Promise<void> => {
    server.use(http.get('*/api/tablet/people', () => HttpResponse.json(tablet)));
    render(<SignIn />);
    await userEvent.click(await screen.findByRole('button', { name: /Luis Ortega/ }));
    await userEvent.type(screen.getByLabelText('PIN of Luis Ortega'), '123456');
    await userEvent.click(screen.getByRole('button', { name: 'Come in' }));
  };
  it('stays of use after an answer that is not the shop’s', async () => {
    server.use(http.post('*/api/tablet/enter', () => HttpResponse.html('<h1>Welcome to our guest network</h1>')));
    await come();
    expect(await screen.findByRole('alert')).toHaveTextContent('The answer did not come from the shop.');
    expect(screen.getByRole('button', { name: 'Come in' })).toBeEnabled();
  });
  it('stays of use where this browser could not keep who came in', async () => {
    server.use(http.post('*/api/tablet/enter', () => HttpResponse.json({ locationId: 'location-1' })));
    vi.spyOn(keeper, 'enter').mockRejectedValue(new DOMException('', 'QuotaExceededError'));
    await come();
    expect(await screen.findByRole('alert')).toHaveTextContent('This browser could not save that.');
    expect(screen.getByRole('button', { name: 'Come in' })).toBeEnabled();
  });
  it('says why only the password helps, after the last try and on the name', async () => {
    server.use(http.post('*/api/tablet/enter', () => HttpResponse.json({ code: 'pin_locked' }, { status: 403 })));
    await come();
    expect(await screen.findByRole('alert')).toHaveTextContent('The PIN of Luis Ortega is locked after five wrong ones.');
    server.use(http.get('*/api/tablet/people', () => HttpResponse.json({ ...tablet, items: [{ ...luis, isLocked: true }] })));
    await userEvent.click(screen.getByRole('button', { name: 'Back to names and PINs' }));
    cleanup();
    render(<SignIn />);
    await userEvent.click(await screen.findByRole('button', { name: /Luis Ortega/ }));
    expect(screen.getByRole('alert')).toHaveTextContent('The PIN of Luis Ortega is locked');
  });
  it('gives up on a shop that says nothing', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      const controller = new AbortController();
      // Dead Wi-Fi, in less time.
      if (milliseconds >= 10_000) setTimeout(() => controller.abort(new DOMException('', 'TimeoutError')), 300);
      return controller.signal;
    });
    server.use(http.post('*/api/tablet/enter', () => new Promise<never>(() => undefined)));
    await come();
    expect(await screen.findByRole('alert')).toHaveTextContent('No connection to the shop.');
    expect(timeout).toHaveBeenCalled();
  });
});
