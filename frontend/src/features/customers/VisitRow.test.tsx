import { screen } from '@testing-library/react';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Visit } from '@/types';
import { VisitRow } from './VisitRow';

const NOW = Date.parse('2026-11-20T18:00:00Z');
const VISIT: Visit = {
  appointmentId: 'a1',
  number: 4192,
  locationId: 'mesa',
  locationName: 'Keytag Auto – Mesa',
  timezone: 'America/Phoenix',
  status: 'COMPLETED',
  start: '2026-07-02T17:00:00Z',
  customerId: 'c1',
  customerName: 'Ana Reyes',
  vehicleId: 'v1',
  vehicle: '2019 Toyota Camry',
  plate: 'ABC-1234',
  title: 'Brakes squeal',
  servicesSummary: 'Brake pads +1',
  totalCents: 24_174,
  paidCents: 20_000,
};
const row = (visit: Visit, homeZone = 'America/New_York') => (
  <VisitRow visit={visit} homeZone={homeZone} now={NOW} showsVehicle ownerId="c1" />
);

describe('a visit in the history', () => {
  it('tells the time by the clock of its location and names the zone when it is another one', () => {
    renderSignedIn(row(VISIT));
    expect(screen.getByText(/Jul 2, 2026, 10:00 AM MST · Keytag Auto – Mesa/)).toBeInTheDocument();
  });

  it('does not name the zone one is in', () => {
    renderSignedIn(row(VISIT, 'America/Phoenix'));
    expect(screen.getByText(/10:00 AM · Keytag/)).toBeInTheDocument();
  });

  it('shows what was paid short', () => {
    renderSignedIn(row(VISIT));
    expect(screen.getByText('$241.74')).toBeInTheDocument();
    expect(screen.getByText('$41.74')).toBeInTheDocument();
  });

  it('shows no money when the server sends none', () => {
    const withoutMoney = { ...VISIT };
    delete withoutMoney.totalCents;
    delete withoutMoney.paidCents;
    renderSignedIn(row(withoutMoney), { role: 'Tech' });
    expect(document.body).not.toHaveTextContent('$');
  });

  it('opens the money alone for those who keep the books, and nothing where nobody takes money here', () => {
    const { unmount } = renderSignedIn(row(VISIT), { role: 'Accountant' });
    expect(screen.getByRole('button')).toBeVisible();
    unmount();
    renderSignedIn(row(VISIT), { role: 'Accountant', flags: { payments: false } });
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('is no button when the job belongs to a location where one does not work', () => {
    renderSignedIn(row({ ...VISIT, locationId: 'elsewhere' }));
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('opens the job where one works', () => {
    renderSignedIn(row(VISIT));
    expect(screen.getByRole('button')).toHaveTextContent('Brakes squeal');
  });

  it('names the owner at the time when the car had another one', () => {
    renderSignedIn(row({ ...VISIT, customerId: 'c9', customerName: 'Bo Lindqvist' }));
    expect(screen.getByText(/Bo Lindqvist/)).toBeInTheDocument();
  });
});
