import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { discard, keep, unsavedOf } from '@/lib/unsaved';
import { renderSignedIn } from '@/testing/render-signed-in';
import { UnsavedBar } from './UnsavedBar';

const OWNER = 'user-Owner';
let answer: (body: Record<string, unknown>) => Response;
let patches: Record<string, unknown>[] = [];
const server = setupServer(
  http.patch<never, Record<string, unknown>>('http://localhost:3000/api/appointments/a1', async ({ request }) => {
    const body = await request.json();
    patches.push(body);
    return answer(body);
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  patches = [];
  keep(OWNER, { appointmentId: 'a1', number: 1042, patch: { notes: 'precious words' }, version: 3 });
});
afterEach(() => {
  cleanup();
  discard(OWNER, 'a1', ['notes', 'keyTag']);
});
afterAll(() => server.close());

describe('what a closed drawer left unsaved', () => {
  it('is named on every page while the server is silent, and sent when it answers', async () => {
    answer = () => HttpResponse.error();
    renderSignedIn(<UnsavedBar />);
    expect(await screen.findByText('Not saved yet, kept on this device: Notes of job #1042')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Discard/ })).toBeNull();
    answer = () => HttpResponse.json({});
    expect(await screen.findByText('Saved: Notes of job #1042', { selector: '#toasts *' })).toBeInTheDocument();
    expect(patches.at(-1)).toEqual({ notes: 'precious words', version: 3 });
    await waitFor(() => expect(screen.queryByText(/kept on this device/)).toBeNull());
    expect(unsavedOf(OWNER)).toEqual([]);
  });
  it('and was refused is said with the reason, not sent over and over, and can be discarded and had back', async () => {
    answer = () => HttpResponse.json({ status: 404, code: 'not_found', detail: 'Gone.' }, { status: 404 });
    renderSignedIn(<UnsavedBar />);
    await userEvent.click(await screen.findByRole('button', { name: 'Discard what is not saved: Notes of job #1042' }, { timeout: 3_000 }));
    expect(patches).toHaveLength(1);
    expect(unsavedOf(OWNER)).toEqual([]);
    answer = () => HttpResponse.json({});
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(patches).toHaveLength(2));
    await waitFor(() => expect(unsavedOf(OWNER)).toEqual([]));
  });
  it('is one line for a job', async () => {
    answer = () => HttpResponse.error();
    keep(OWNER, { appointmentId: 'a1', number: 1042, patch: { keyTag: '27' }, version: 3 });
    renderSignedIn(<UnsavedBar />);
    expect(await screen.findByText('Not saved yet, kept on this device: Notes, Key tag of job #1042')).toBeInTheDocument();
    answer = () => HttpResponse.json({});
    expect(await screen.findByText('Saved: Notes, Key tag of job #1042', { selector: '#toasts *' })).toBeInTheDocument();
  });
  it('is left to the drawer of its own job', async () => {
    answer = () => HttpResponse.error();
    renderSignedIn(<UnsavedBar />, { at: '/board?open=a1' });
    await new Promise((done) => setTimeout(done, 1_500));
    expect(screen.queryByText(/kept on this device/)).toBeNull();
    expect(patches).toEqual([]);
  });
  it('is nobody else’s', async () => {
    answer = () => HttpResponse.error();
    renderSignedIn(<UnsavedBar />, { role: 'Advisor' });
    await new Promise((done) => setTimeout(done, 1_500));
    expect(screen.queryByText(/kept on this device/)).toBeNull();
    expect(patches).toEqual([]);
  });
});
