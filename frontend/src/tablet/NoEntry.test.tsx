import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MARCUS } from '@/testing/tech-day';
import { NoEntry } from './NoEntry';
import { PersonMenu } from './PersonMenu';
import { setPinSession } from './session';
import { keeper } from './work';

beforeEach(() => setPinSession(false));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('leads somebody who works at the cars to the board: from “/” they would come back here', () => {
  vi.spyOn(keeper, 'read').mockReturnValue({ ...keeper.read(), status: 'in', person: MARCUS, connection: 'refused', refusal: 'Off.', ownPage: '/board' });
  render(<NoEntry />);
  expect(screen.getByRole('link', { name: 'To your own page' })).toHaveAttribute('href', '/board');
});

it('opens the board itself from the menu', async () => {
  const assign = vi.fn();
  vi.stubGlobal('location', { assign });
  vi.spyOn(keeper, 'read').mockReturnValue({ ...keeper.read(), status: 'in', person: MARCUS });
  render(<PersonMenu />);
  await userEvent.click(screen.getByRole('button', { name: /Marcus Bell/ }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Open the board' }));
  expect(assign).toHaveBeenCalledWith('/board');
});
