import type { Customer } from '@/types';
import { chosenSide, differingFields, lostFields } from './merge';

const customer = (change: Partial<Customer>): Customer => ({
  id: 'c',
  name: 'Ana Reyes',
  company: null,
  phone: '+17185550142',
  email: null,
  timezone: null,
  notes: null,
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  visitCount: 0,
  lastVisitAt: null,
  openAppointmentCount: 0,
  vehicles: [],
  ...change,
});

describe('merging two customers', () => {
  const kept = customer({ notes: 'Prefers texts' });
  const other = customer({ id: 'd', name: 'Anna Reyes', email: 'ana@example.com' });

  it('offers a choice only where they differ', () => {
    expect(differingFields(kept, other)).toEqual(['name', 'email', 'notes']);
  });

  it('keeps what the kept record has and takes what it lacks, until somebody chooses', () => {
    expect(chosenSide({}, 'name', kept)).toBe('keep');
    expect(chosenSide({}, 'email', kept)).toBe('take');
    expect(chosenSide({ name: 'take' }, 'name', kept)).toBe('take');
  });

  it('says which values will be gone, on either side', () => {
    expect(lostFields({}, kept, other)).toEqual(['name']);
    expect(lostFields({ name: 'take', notes: 'take', email: 'keep' }, kept, other)).toEqual(['name', 'email', 'notes']);
  });
});
