import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRef } from 'react';
import { MemoryRouter } from 'react-router';
import { makeChecklist, makeItem, makeVisit } from '@/testing/tech-day';
import { Finish } from './Finish';

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
