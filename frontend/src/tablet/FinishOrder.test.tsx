import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRef } from 'react';
import { MemoryRouter } from 'react-router';
import { makeChecklist, makeItem, makeVisit } from '@/testing/tech-day';
import { Finish } from './Finish';
import { keeper } from './work';

it('shows what is missing first, and takes whoever submits there', async () => {
  const items = [makeItem(1, { result: 'pass' }), makeItem(2, { result: 'fail', needsPhoto: true }), makeItem(3, { result: 'pass' }), makeItem(4)];
  render(
    <MemoryRouter>
      <Finish visit={makeVisit()} checklist={makeChecklist(4, { items })} isMine heading={createRef()} />
    </MemoryRouter>,
  );
  const links = within(screen.getByRole('list')).getAllByRole('link');
  expect(links.map((one) => one.getAttribute('href'))).toEqual([2, 4, 1, 3].map((point) => `/checks/list-1/${point}`));
  await userEvent.click(screen.getByRole('button', { name: 'Submit the inspection' }));
  expect(links[0]).toHaveFocus();
});

it('lets a person choose between two values of a point before they submit', async () => {
  vi.spyOn(keeper, 'read').mockReturnValue({ ...keeper.read(), states: new Map([['item-2', 'conflict']]) });
  const add = vi.spyOn(keeper, 'add').mockResolvedValue();
  const items = [makeItem(1, { result: 'pass' }), makeItem(2, { result: 'pass' })];
  render(
    <MemoryRouter>
      <Finish visit={makeVisit()} checklist={makeChecklist(2, { items })} isMine heading={createRef()} />
    </MemoryRouter>,
  );
  expect(screen.getByRole('heading', { name: '1 point has two values: choose' })).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Submit the inspection' }));
  expect(within(screen.getByRole('list')).getAllByRole('link')[0]).toHaveFocus();
  expect(screen.getByRole('alert')).toHaveTextContent('every point has one value');
  expect(add).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
