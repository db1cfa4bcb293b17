import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Job } from '@/types';
import type { EstimateActs } from './mutations';
import { Questions } from './Questions';

afterEach(cleanup);

const job = { id: 'j1', name: 'Brake fluid flush', askedAt: '2026-11-20T15:00:00Z' } as Job;
const answer = vi.fn(() => Promise.resolve());

function open() {
  renderSignedIn(<Questions jobs={[job]} records={[]} acts={{ isPending: false, answer } as unknown as EstimateActs} />);
  return userEvent.setup();
}
const field = () => screen.getByRole('textbox');

it('keeps a half-written answer to a question until it is sent', async () => {
  await open().type(field(), 'Yes, it is');
  cleanup();
  const user = open();
  expect(field()).toHaveValue('Yes, it is');
  await user.type(field(), ' safe.');
  await user.click(screen.getByRole('button', { name: 'Answer' }));
  expect(answer).toHaveBeenCalledWith('j1', 'Yes, it is safe.');
  await waitFor(() => expect(field()).toHaveValue(''));
});
