import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Vehicle } from '@/types';
import { VehicleDialog } from './VehicleDialog';

const VIN = '1HGCM82633A004352';
const CIVIC: Vehicle = {
  id: 'v1',
  customerId: 'c1',
  customerName: 'Ana Reyes',
  label: '2003 Honda Civic',
  year: 2003,
  make: 'Honda',
  model: 'Civic',
  trim: null,
  engine: null,
  color: null,
  plate: null,
  plateState: null,
  vin: null,
  mileage: 90_000,
  notes: null,
  version: 5,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};
const sent: unknown[] = [];
const server = setupServer(
  http.get('*/api/vin/:vin', ({ params }) =>
    HttpResponse.json({
      vin: params.vin,
      isValid: params.vin === VIN,
      checkDigit: '3',
      expectedCheckDigit: params.vin === VIN ? '3' : '5',
      year: 2003,
      make: 'Honda',
      manufacturer: 'Honda',
      region: 'North America',
      country: 'United States',
      errors: [],
    }),
  ),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => sent.splice(0));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const on = (method: 'post' | 'patch', ...replies: (() => Response)[]) =>
  server.use(
    http[method]('*/api/vehicles{/:id}?', async ({ request }) => {
      sent.push(await request.json());
      return replies[sent.length - 1]!();
    }),
  );

describe('the vehicle form', () => {
  it('fills year and make in from a complete VIN and says what it read', async () => {
    renderSignedIn(<VehicleDialog customerId="c1" vehicle={null} onClose={vi.fn()} />);
    await userEvent.type(screen.getByLabelText('VIN'), VIN.toLowerCase());
    expect(await screen.findByText('2003 Honda, built in United States')).toBeInTheDocument();
    expect(screen.getByLabelText('Year')).toHaveValue('2003');
    expect(screen.getByLabelText('Make')).toHaveValue('Honda');
  });

  it('never overwrites what was typed; it says what differs', async () => {
    renderSignedIn(<VehicleDialog customerId="c1" vehicle={null} onClose={vi.fn()} />);
    await userEvent.type(screen.getByLabelText('Year'), '2004');
    await userEvent.type(screen.getByLabelText('VIN'), VIN);
    expect(await screen.findByText('The VIN says 2003')).toBeInTheDocument();
    expect(screen.getByLabelText('Year')).toHaveValue('2004');
  });

  it('says which check digit is wrong', async () => {
    renderSignedIn(<VehicleDialog customerId="c1" vehicle={null} onClose={vi.fn()} />);
    await userEvent.type(screen.getByLabelText('VIN'), '1HGCM82633A004353');
    expect((await screen.findAllByText(/Check digit is 3, expected 5\./))[0]).toBeInTheDocument();
  });

  it('names the vehicle that already has the VIN and keeps the form', async () => {
    on('post', () =>
      HttpResponse.json(
        { status: 409, code: 'vin_in_use', errors: { vin: ['Already on file.'] }, vehicle: { ...CIVIC, vin: VIN } },
        { status: 409 },
      ),
    );
    renderSignedIn(<VehicleDialog customerId="c1" vehicle={null} onClose={vi.fn()} />);
    await userEvent.type(screen.getByLabelText('VIN'), VIN);
    await userEvent.click(screen.getByRole('button', { name: 'Add vehicle' }));
    expect(await screen.findByText(/Already on file: 2003 Honda Civic of Ana Reyes/)).toBeInTheDocument();
    expect(screen.getByLabelText('VIN')).toHaveValue(VIN);
  });

  it('keeps the other’s value where chosen and still saves the fields that did not clash', async () => {
    const conflict = { field: 'mileage', yours: 91_000, theirs: 92_000, base: 90_000, changedBy: 'Marcus Bell', changedAt: null };
    on(
      'patch',
      () =>
        HttpResponse.json(
          { status: 409, code: 'edit_conflict', conflicts: [conflict], vehicle: { ...CIVIC, mileage: 92_000, version: 8 } },
          { status: 409 },
        ),
      () => HttpResponse.json({ ...CIVIC, color: 'Blue', mileage: 92_000, version: 9 }),
    );
    const onClose = vi.fn();
    renderSignedIn(<VehicleDialog customerId="c1" vehicle={CIVIC} onClose={onClose} />);
    await userEvent.type(screen.getByLabelText('Color'), 'Blue');
    await userEvent.clear(screen.getByLabelText('Odometer'));
    await userEvent.type(screen.getByLabelText('Odometer'), '91000');
    await userEvent.click(screen.getByRole('button', { name: 'Save vehicle' }));
    await userEvent.click(await screen.findByRole('radio', { name: /Marcus Bell/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save my choice' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toEqual([
      { color: 'Blue', mileage: 91_000, version: 5 },
      { color: 'Blue', version: 8 },
    ]);
  });
});
