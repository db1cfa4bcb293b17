import { meAs } from '@/testing/render-signed-in';
import type { Permission } from '@/types';
import { pagesFor, startPage } from './pages';

const paths = (rights: Permission[], flags = meAs('Owner').flags) => pagesFor((one) => rights.includes(one), flags).map((page) => page.path);

describe('the pages of the menu', () => {
  it('are those that the role may see', () => {
    expect(paths(['board:view', 'message:view'])).toEqual(['/board', '/calendar', '/inbox']);
    expect(paths(['catalog:manage'])).toEqual(['/settings/texts']);
  });
  it('have none of a feature that is off', () => {
    expect(paths(['board:view', 'message:view', 'catalog:manage'], { ...meAs('Owner').flags, messaging: false })).toEqual(['/board', '/calendar']);
  });
  it('never begin with one that may be switched off', () => {
    expect(startPage((one) => one === 'message:view')).toBe('/nothing');
  });
});
