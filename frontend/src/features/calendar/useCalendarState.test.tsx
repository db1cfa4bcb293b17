import { renderHook } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { useCalendarState } from './useCalendarState';

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

function viewAt(width: number, address = '/calendar') {
  vi.stubGlobal('innerWidth', width);
  const { result } = renderHook(() => useCalendarState('2026-11-20'), {
    wrapper: ({ children }) => <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>,
  });
  return result.current.view;
}

it.each([
  [390, 'day'],
  [768, 'day'],
  [900, 'week'],
])('opens a window of %i pixels with the %s', (width, view) => {
  expect(viewAt(width)).toBe(view);
});
it('follows the address on every width', () => {
  expect(viewAt(768, '/calendar?view=month')).toBe('month');
});
