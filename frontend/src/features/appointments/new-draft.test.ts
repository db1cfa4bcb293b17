import type { CustomerListItem } from '@/types';
import { emptyDraft, keptDraft, promisedGap, toRequest, withCustomer } from './new-draft';
import { looksLikePlate, parseVehicle } from './who';

const ZONE = 'America/New_York';
const now = Date.parse('2026-11-20T16:07:30Z');
const empty = emptyDraft(ZONE, now, new URLSearchParams());
const typed = (text: string, as: 'name' | 'plate' = 'name') => ({ kind: 'typed' as const, text, as });
const ana: CustomerListItem = {
  id: 'c1',
  name: 'Ana Reyes',
  company: null,
  phone: null,
  email: null,
  vehicleCount: 2,
  lastVisitAt: null,
  vehicles: [
    { id: 'v1', label: '2019 Toyota Corolla', plate: null, vin: null },
    { id: 'v2', label: '2008 Ford F-150', plate: null, vin: null },
  ],
};

describe('what was typed at the counter', () => {
  it.each(['7ABC123', 'KLR-4471', 'abc12', 'QRS 5512', 'WXY 9914', 'ABC - 12', '7ABC 123'])('%s looks like a plate', (text) => expect(looksLikePlate(text)).toBe(true));
  it.each(['Ana Reyes', 'Bob', '7185550142', '555-0142', 'A1', 'Ana B 3', 'Johnson 22nd', 'A B 1234'])('%s does not', (text) => expect(looksLikePlate(text)).toBe(false));
  it('is a car with or without its year', () => {
    expect(parseVehicle('2019 Toyota Corolla LE')).toEqual({ year: 2019, make: 'Toyota', model: 'Corolla LE' });
    expect(parseVehicle(' Honda ')).toEqual({ make: 'Honda' });
    expect(parseVehicle('')).toEqual({});
  });
});

describe('a form that was closed half filled', () => {
  const draft = { ...empty, phone: '718 555 0142' };
  it('comes back to the same person at the same location', () => {
    keptDraft.keep('ana brooklyn', draft);
    expect(keptDraft.read('ana brooklyn')).toBe(draft);
  });
  it.each(['sam brooklyn', 'ana mesa'])('is gone for good once another one asks: %s', (other) => {
    keptDraft.keep('ana brooklyn', draft);
    expect(keptDraft.read(other)).toBeNull();
    expect(keptDraft.read('ana brooklyn')).toBeNull();
  });
});

describe('a form that is opened while another day is looked at', () => {
  const on = (day: string) => emptyDraft(ZONE, now, new URLSearchParams({ day }));
  it('is for that day, at a time to be said', () => {
    expect(on('2026-12-04')).toMatchObject({ date: '2026-12-04', time: '', isTimed: true });
    expect(toRequest({ ...on('2026-12-04'), who: typed('Bob') }, 'l1', ZONE)).toEqual({ missing: 'time' });
  });
  it.each(['2026-11-20', '2026-11-01', 'soon'])('and for now when it is today or over: %s', (day) => expect(on(day)).toMatchObject(empty));
});

describe('the request for a new job', () => {
  it('needs only a name, and leaves the time to the server', () => {
    expect(toRequest({ ...empty, who: typed(' Bob Smith ') }, 'l1', ZONE)).toEqual({
      body: { locationId: 'l1', customer: { name: 'Bob Smith' } },
    });
  });
  it('or only a plate', () => {
    expect(toRequest({ ...empty, who: typed('KLR-4471', 'plate') }, 'l1', ZONE)).toEqual({
      body: { locationId: 'l1', vehicle: { plate: 'KLR-4471' } },
    });
  });
  it('says what is missing', () => {
    expect(toRequest(empty, 'l1', ZONE)).toEqual({ missing: 'who' });
    expect(toRequest({ ...empty, who: typed('Bob'), isTimed: true, time: '' }, 'l1', ZONE)).toEqual({ missing: 'time' });
  });
  it('means the customer’s first car until another one is chosen', () => {
    const draft = withCustomer(empty, ana);
    expect(toRequest(draft, 'l1', ZONE)).toEqual({ body: { locationId: 'l1', customerId: 'c1', vehicleId: 'v1' } });
    expect(toRequest({ ...draft, vehicleId: 'new', vehicleWords: '2020 Kia Rio' }, 'l1', ZONE)).toEqual({
      body: { locationId: 'l1', customerId: 'c1', vehicle: { year: 2020, make: 'Kia', model: 'Rio' } },
    });
  });
  it('turns the location’s time into an instant and the length into an end', () => {
    const draft = { ...empty, who: typed('Bob'), isTimed: true, date: '2026-11-23', time: '09:30', length: 90 };
    expect(toRequest(draft, 'l1', ZONE)).toMatchObject({
      body: { start: '2026-11-23T14:30:00Z', end: '2026-11-23T16:00:00.000Z' },
    });
  });
  it('refuses a time that the clocks skip, of the start and of the promise', () => {
    const draft = { ...empty, who: typed('Bob'), isTimed: true, date: '2027-03-14', time: '02:30' };
    expect(toRequest(draft, 'l1', ZONE)).toEqual({ missing: 'gap' });
    expect(toRequest({ ...draft, time: '09:00', promisedTime: '02:30' }, 'l1', ZONE)).toEqual({ missing: 'promisedGap' });
    expect(promisedGap({ ...draft, promisedTime: '02:30' }, ZONE)).toMatch(/^2:30\sAM does not exist on Sun, Mar 14/);
  });
  it('means the chosen one of a time that comes twice, and the one another page knew', () => {
    const draft = { ...empty, who: typed('Bob'), isTimed: true, date: '2026-11-01', time: '01:30' };
    expect(toRequest(draft, 'l1', ZONE)).toMatchObject({ body: { start: '2026-11-01T05:30:00Z' } });
    expect(toRequest({ ...draft, isLater: true }, 'l1', ZONE)).toMatchObject({ body: { start: '2026-11-01T06:30:00Z' } });
    const preset = (start: string) => emptyDraft(ZONE, now, new URLSearchParams({ newStart: start }));
    expect(preset('2026-11-01T06:30:00Z')).toMatchObject({ time: '01:30', isLater: true });
    expect(preset('2026-11-01T05:30:00Z')).toMatchObject({ time: '01:30', isLater: false });
  });
  it('promises for the day of the job when no other day is given', () => {
    const draft = { ...empty, who: typed('Bob'), promisedTime: '17:00', keyTag: ' 14 ', isWaiting: true, checkIn: true };
    expect(toRequest(draft, 'l1', ZONE)).toMatchObject({
      body: { promisedAt: '2026-11-20T22:00:00Z', keyTag: '14', isWaiting: true, checkIn: true },
    });
  });
  it('starts from what another page knew', () => {
    const preset = new URLSearchParams({ newStart: '2026-11-24T15:00:00Z', newEnd: '2026-11-24T17:00:00Z', newTechId: 't1' });
    expect(emptyDraft(ZONE, now, preset)).toMatchObject({ date: '2026-11-24', time: '10:00', length: 120, techId: 't1', isTimed: true });
  });
});
