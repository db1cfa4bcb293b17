import { render } from '@testing-library/react';
import { BoardSkeleton } from './BoardSkeleton';

it('stands where the board will stand: four lanes and two rails, six lanes in a wide window', () => {
  const narrow = render(<BoardSkeleton cardHeight={110} />).container;
  expect(narrow.querySelectorAll('[data-lane]')).toHaveLength(4);
  expect(narrow.querySelectorAll('[data-rail]')).toHaveLength(2);
  const { matchMedia } = window;
  window.matchMedia = (query) => ({ ...matchMedia(query), matches: query.includes('1720px') });
  const wide = render(<BoardSkeleton cardHeight={110} />).container;
  window.matchMedia = matchMedia;
  expect(wide.querySelectorAll('[data-lane]')).toHaveLength(6);
});
