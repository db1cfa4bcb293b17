import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRef } from 'react';
import type { Estimate, Job, VisitPage } from './api';
import { groupsOf } from './choices';
import { Sign } from './Sign';

const job = { id: 'a', name: 'Pads', choiceId: null, isChosen: true, approval: 'pending', isChanged: false, isPriced: true, totalCents: 100_00 } as Job;
const page = { shop: { name: 'Keytag Auto', currency: 'USD' }, isKnown: false } as VisitPage;
const estimate = { documentHash: 'f'.repeat(64), spendingCapCents: null, linkCapCents: 250_00, jobs: [job] } as unknown as Estimate;

it('asks for a name until there is one, and no longer', async () => {
  const nothing = (): void => undefined;
  render(
    <Sign
      ref={createRef<HTMLElement>()}
      page={page}
      estimate={estimate}
      groups={groupsOf([job])}
      picks={{ a: { jobId: 'a', decision: 'approved', reason: '', deferredUntil: null } }}
      onAnswered={nothing}
      onChanged={nothing}
      onTried={nothing}
      show={nothing}
    />,
  );
  const user = userEvent.setup();
  const name = screen.getByRole('textbox', { name: /name/i });
  await user.click(screen.getByRole('button'));
  expect(name).toHaveAttribute('aria-invalid', 'true');
  await user.type(name, 'Ana Reyes');
  expect(name).not.toHaveAttribute('aria-invalid');
  expect(screen.queryByText('Type your name to sign.')).not.toBeInTheDocument();
});
