import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { api } from '@/api';
import '@/i18n/late/inspections';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { DrawerData } from '@/types';
import { InspectionProvider, useInspectionPlace } from './InspectionContext';
import { AddToEstimate } from './MakeJob';

const appointment = { id: 'visit-1', location: { id: 'brooklyn', timezone: 'UTC', currency: 'USD' } } as DrawerData['appointment'];
function Offered() {
  const { acts } = useInspectionPlace();
  return <AddToEstimate label="Front pads" listId="list-1" itemId="item-1" add={(wish) => acts.addJob('list-1', 'item-1', wish)} />;
}
afterEach(() => vi.restoreAllMocks());

it('puts a finding on the estimate with one press, and takes it off again with Undo', async () => {
  vi.spyOn(api, 'get').mockResolvedValue({ items: [{ catalogId: 'canned-1', name: 'Brake pads, front', priceCents: 21_900 }] });
  const post = vi.spyOn(api, 'post').mockResolvedValue({ jobId: 'job-9' });
  const remove = vi.spyOn(api, 'delete').mockResolvedValue(undefined);
  renderSignedIn(
    <InspectionProvider appointment={appointment} drawPhotos={() => null}>
      <Offered />
    </InspectionProvider>,
    { also: ['service:edit'] },
  );
  await screen.findByText(/Brake pads, front/);

  await userEvent.click(screen.getByRole('button', { name: /Front pads/, description: '' }));

  expect(await screen.findByText('Brake pads, front is on the estimate')).toBeInTheDocument();
  expect(post).toHaveBeenCalledWith('/api/checklists/list-1/items/item-1/findings/job', expect.objectContaining({ body: { catalogId: 'canned-1' } }));
  expect(remove).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }));

  await waitFor(() => expect(remove).toHaveBeenCalledWith('/api/appointments/visit-1/jobs/job-9'));
  expect(await screen.findByText('Brake pads, front is off the estimate again')).toBeInTheDocument();
});

it('links a finding to the job that is on the estimate already instead of adding it again', async () => {
  vi.spyOn(api, 'get').mockImplementation((path: string) =>
    Promise.resolve(
      path.endsWith('/services')
        ? { items: [], jobs: [{ id: 'job-1', name: 'Front rotors', catalogId: 'canned-1' }] }
        : { items: [{ catalogId: 'canned-1', name: 'Front rotors', priceCents: 27_400 }] },
    ),
  );
  const post = vi.spyOn(api, 'post').mockResolvedValue({ jobId: 'job-1' });
  renderSignedIn(
    <InspectionProvider appointment={appointment} drawPhotos={() => null}>
      <Offered />
    </InspectionProvider>,
    { also: ['service:edit'] },
  );
  expect(await screen.findByText('Front rotors is on the estimate already')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Link Front pads to Front rotors' }));

  expect(await screen.findByText('Front pads is mended by Front rotors')).toBeInTheDocument();
  expect(post).toHaveBeenCalledWith('/api/checklists/list-1/items/item-1/findings/job', expect.objectContaining({ body: { jobId: 'job-1' } }));
  // Undo would take the job off that somebody else put there.
  expect(screen.queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
});
