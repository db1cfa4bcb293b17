import type { Vehicle } from '@/types';
import { changedFields, findErrors, toText } from './vehicle-draft';

const CAMRY: Vehicle = {
  id: 'v1',
  customerId: 'c1',
  customerName: 'Ana Reyes',
  label: '2019 Toyota Camry',
  year: 2019,
  make: 'Toyota',
  model: 'Camry',
  trim: null,
  engine: null,
  color: 'Blue',
  plate: 'ABC 123',
  plateState: 'NY',
  vin: '4T1B11HK5KU123456',
  mileage: 52_000,
  notes: null,
  version: 3,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};

describe('the vehicle form', () => {
  it('sends nothing when nothing changed', () => {
    expect(changedFields(toText(CAMRY), CAMRY)).toEqual({});
  });

  it('sends what changed, by its meaning', () => {
    const text = { ...toText(CAMRY), mileage: '53,100', color: '', vin: '4t1b11hk5ku-123456' };
    expect(changedFields(text, CAMRY)).toEqual({ mileage: 53_100, color: null });
  });

  it('sends only what is filled for a new vehicle', () => {
    expect(changedFields({ ...toText(null), year: '2019', make: ' Toyota ' }, null)).toEqual({ year: 2019, make: 'Toyota' });
  });

  it('wants one thing that tells the vehicle from others', () => {
    expect(findErrors({ ...toText(null), color: 'Blue' })).toHaveProperty('vin');
    expect(findErrors({ ...toText(null), plate: 'X1' })).toEqual({});
  });

  it('refuses years and distances that are none', () => {
    const errors = findErrors({ ...toText(CAMRY), year: '219', mileage: '12k' });
    expect(Object.keys(errors).sort()).toEqual(['mileage', 'year']);
  });
});
