import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useEffect, useState } from 'react';
import { api } from '@/api';
import '@/i18n/late/services';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Sheet, WorkLine } from '@/types';
import { LineFields } from './LineFields';
import { WorkProvider } from './WorkContext';

const line = {
  id: 'line-1',
  jobId: 'job-1',
  kind: 'part',
  name: 'Battery',
  notes: null,
  hours: null,
  isFlat: false,
  quantity: '1',
  unitPriceCents: 123_450,
  unitCostCents: null,
  priceCents: 123_450,
  discountCents: 0,
  discountReason: null,
  taxClass: 'parts',
  taxBp: '0',
  taxCents: 0,
  version: 1,
} as unknown as WorkLine;
/** A line that shows what was saved of it, as the tab does. */
function Shown() {
  const [shown, setShown] = useState(line);
  useEffect(() => {
    vi.spyOn(api, 'patch').mockImplementation(() => {
      const saved = { ...line, discountCents: 500, discountReason: 'Friend', version: 2 };
      setShown(saved);
      return Promise.resolve(saved);
    });
  }, []);
  return <LineFields line={shown} />;
}
const sheet = { items: [line], jobs: [], lockedAt: null } as unknown as Sheet;
afterEach(() => vi.restoreAllMocks());

it('says that a discount is not saved before it has a reason, and asks for that at once', async () => {
  renderSignedIn(
    <WorkProvider appointmentId="visit-1" locationId="brooklyn" zone="UTC" sheet={sheet} drawPhotos={undefined}>
      <Shown />
    </WorkProvider>,
    { also: ['service:edit'] },
  );
  const patch = vi.mocked(api.patch);
  const user = userEvent.setup();
  await user.type(screen.getByRole('textbox', { name: /^Discount/ }), '5');
  await user.tab();

  const why = await screen.findByRole('textbox', { name: /^Why the discount/ });
  await waitFor(() => expect(why).toHaveFocus());
  expect(screen.queryByText('Saved')).not.toBeInTheDocument();
  expect(screen.getByText('Not saved yet: say why, it is saved with the reason.')).toBeInTheDocument();
  expect(patch).not.toHaveBeenCalled();

  await user.type(why, 'Friend{Enter}');
  await waitFor(() => expect(patch).toHaveBeenCalledTimes(1));
  expect(patch.mock.calls[0]?.[1]).toMatchObject({ body: { discountReason: 'Friend', discountCents: 500 } });
  expect(await screen.findByText('Saved')).toBeInTheDocument();
});
