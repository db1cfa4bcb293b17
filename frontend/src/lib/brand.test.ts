import { readFileSync } from 'node:fs';
import { GROUNDS, brandTones, contrast } from './brand';

const COLORS = ['#1d4ed8', '#ffffff', '#000000', '#777777', '#ffe600', '#0f172a', '#d81b60', '#84cc16', '#b45309'];

it('measures contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('#d81b60', '#d81b60')).toBe(1);
});

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each(COLORS)('%s stands out from the page, and what is drawn on it from it', (color) => {
    const { ground, ink } = brandTones(color, theme);
    for (const page of GROUNDS[theme]) expect(contrast(ground, page)).toBeGreaterThanOrEqual(3);
    expect(contrast(ground, ink)).toBeGreaterThanOrEqual(4.3);
  });
  it('stands on the grounds of the design tokens', () => {
    const tokens = readFileSync('src/styles/tokens.css', 'utf8').split("[data-theme='dark']")[theme === 'dark' ? 1 : 0] ?? '';
    const token = (name: string) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(tokens)?.[1];
    expect(GROUNDS[theme]).toEqual([token('canvas'), token('surface')]);
  });
});

it('keeps a colour that can be seen as it is', () => {
  expect(brandTones('#d81b60', 'light').ground).toBe('#d81b60');
  expect(brandTones('#84cc16', 'dark').ground).toBe('#84cc16');
});
it('takes anything else for Keytag’s own colour', () => {
  expect(brandTones('url(evil)', 'light')).toEqual({ ground: '#1d4ed8', ink: '#ffffff' });
});
