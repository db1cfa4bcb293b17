import { waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { makeMessage, makeVerdict } from '@/testing/messages';
import type { JobText } from '@/types';
import { tellLeaving } from './leaving-text';
import { toastStore } from './toast-store';

const ORIGIN = 'http://localhost:3000';
const ready: JobText = {
  trigger: 'ready',
  loudness: 'ask',
  templateName: 'Ready for pick-up',
  text: 'Harbor Auto: your Corolla is ready.',
  missing: [],
  withheld: [],
  at: '2026-11-20T18:00:10Z',
  localAt: '2026-11-20T13:00:10-05:00',
  zone: 'America/New_York',
  certainty: 'exact',
  verdict: makeVerdict(),
  state: 'planned',
  messageId: null,
};
let texts: JobText[] = [];
let sent: string[] = [];
const server = setupServer(
  http.get(`${ORIGIN}/api/appointments/a1/texts/leaving`, () => HttpResponse.json({ items: texts, nextCursor: null })),
  http.post<{ id: string }>(`${ORIGIN}/api/messages/:id/send`, ({ params }) => {
    sent.push(params.id);
    return HttpResponse.json(makeMessage({ status: 'queued' }));
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  sent = [];
});
afterAll(() => server.close());
const asked = () => toastStore.read().find((one) => one.key === 'proposed a1');

it('puts a text that asks first in front of whoever moved the card, and sends it by their word', async () => {
  texts = [ready];
  const say = vi.fn();
  await tellLeaving('a1', 'America/New_York', true, say);
  expect(say).not.toHaveBeenCalled();
  expect(asked()).toMatchObject({ title: 'Text the customer?', detail: '“Harbor Auto: your Corolla is ready.”', dismissLabel: 'Not now', action: { label: 'Send' } });
  texts = [{ ...ready, state: 'proposed', messageId: 'm1' }];
  asked()?.action?.run();
  await waitFor(() => expect(sent).toEqual(['m1']));
});

it('takes the question back with the move, and asks nobody who may not send', async () => {
  texts = [ready];
  await tellLeaving('a1', 'America/New_York', true, () => undefined);
  expect(asked()).toBeDefined();
  texts = [];
  await tellLeaving('a1', 'America/New_York', true, () => undefined);
  expect(asked()).toBeUndefined();
  texts = [ready];
  await tellLeaving('a1', 'America/New_York', false, () => undefined);
  expect(asked()).toBeUndefined();
});

it('says what leaves by itself', async () => {
  texts = [{ ...ready, loudness: 'loud' }];
  const say = vi.fn();
  await tellLeaving('a1', 'America/New_York', true, say);
  expect(say).toHaveBeenCalledExactlyOnceWith('The customer gets: “Harbor Auto: your Corolla is ready.”');
});
