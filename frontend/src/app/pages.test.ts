import { meAs } from '@/testing/render-signed-in';
import type { Permission } from '@/types';
import { pagesFor, startPage, worksOnTablet } from './pages';

const paths = (rights: Permission[], flags = meAs('Owner').flags) => pagesFor((one) => rights.includes(one), flags).map((page) => page.path);

describe('the pages of the menu', () => {
  it('are those that the role may see', () => {
    expect(paths(['board:view', 'message:view'])).toEqual(['/board', '/calendar', '/inbox']);
    expect(paths(['catalog:manage'])).toEqual(['/settings/texts', '/settings/catalog', '/settings/inspections']);
  });
  it('have none of a feature that is off', () => {
    expect(paths(['board:view', 'message:view', 'catalog:manage'], { ...meAs('Owner').flags, messaging: false })).toEqual(['/board', '/calendar', '/settings/catalog', '/settings/inspections']);
  });
  it('begin with their own work for who works at the cars, and with no such thing for who plans it', () => {
    expect(paths(['board:view', 'inspection:fill'])).toEqual(['/tech', '/board', '/calendar']);
    expect(paths(['board:view', 'inspection:fill', 'appointment:edit'])).toEqual(['/board', '/calendar']);
    const { flags } = meAs('Tech');
    const technician = (one: Permission): boolean => one === 'inspection:fill' || one === 'board:view';
    expect([startPage(technician, flags), worksOnTablet(technician, flags)]).toEqual(['/board', true]);
    expect(worksOnTablet(technician, { ...flags, inspections: false })).toBe(false);
  });
  it('begin with the first one that is there', () => {
    const { flags } = meAs('Owner');
    const accountant = (one: Permission): boolean => one === 'report:view' || one === 'customer:view';
    expect(startPage(accountant, flags)).toBe('/books');
    expect(startPage(accountant, { ...flags, payments: false })).toBe('/customers');
    expect(startPage((one) => one === 'message:view', { ...flags, messaging: false })).toBe('/nothing');
  });
});
