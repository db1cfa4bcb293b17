import { cleanup, render, screen } from '@testing-library/react';
import { dismissAllToasts, toastStore } from '@/components/ui/toast-store';
import userEvent from '@testing-library/user-event';
import type { Item, NewOperation } from '@/offline/types';
import { makeChecklist, makeItem, makeVisit } from '@/testing/tech-day';
import { ReadingField } from './ReadingField';
import { keeper } from './work';

const limits = { failBelow: '3', attentionBelow: '5', attentionAbove: null, failAbove: null };
const added: NewOperation[] = [];
function show(item: Partial<Item>): void {
  vi.spyOn(keeper, 'add').mockImplementation((operation) => (added.push(operation), Promise.resolve()));
  const point = makeItem(1, { unit: 'mm', limits, ...item });
  render(<ReadingField place={{ visit: makeVisit(), checklist: makeChecklist(1, { items: [point] }), item: point }} isDisabled={false} />);
}
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  added.length = 0;
});

it('refuses what can’t be measured there, in words, and keeps it to be mended', async () => {
  show({});
  await userEvent.type(screen.getByLabelText('Reading in mm'), '9999999{Enter}');
  expect(screen.getByText('That can’t be measured here: at most 500 mm. Look at what you typed.')).toBeVisible();
  expect(screen.getByLabelText('Reading in mm')).toHaveValue('9999999');
  expect(added).toEqual([]);
  await userEvent.clear(screen.getByLabelText('Reading in mm'));
  await userEvent.type(screen.getByLabelText('Reading in mm'), '2.5{Enter}');
  expect(added.at(-1)?.body).toMatchObject({ reading: '2.5', result: 'fail' });
});

it('says what can’t be measured as it is typed, and names the point where it is left so', async () => {
  dismissAllToasts();
  show({ label: 'Left front pad' });
  await userEvent.type(screen.getByLabelText('Reading in mm'), '999');
  expect(screen.getByText('That can’t be measured here: at most 500 mm. Look at what you typed.')).toBeVisible();
  // The next point takes the field away.
  cleanup();
  expect(toastStore.read()).toMatchObject([{ tone: 'error', title: 'Left front pad: “999” was not saved.', detail: expect.stringContaining('at most 500 mm') as string }]);
  dismissAllToasts();
  show({ label: 'Left front pad' });
  await userEvent.type(screen.getByLabelText('Reading in mm'), '9999{Backspace}{Backspace}');
  cleanup();
  expect(added.at(-1)?.body).toMatchObject({ reading: '99' });
  expect(toastStore.read()).toEqual([]);
});

it('says calmly where the answer is another one than the reading’s limits give', () => {
  show({ reading: '2.5', result: 'pass' });
  expect(screen.getByText('By its limits 2.5 mm is Urgent. You answered OK: a note says why.')).toBeVisible();
  cleanup();
  show({ reading: '2.5', result: 'fail' });
  expect(screen.queryByText(/By its limits/)).toBeNull();
});
