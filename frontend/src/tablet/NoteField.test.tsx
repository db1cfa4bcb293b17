import { act as react, fireEvent, render, screen } from '@testing-library/react';
import { toastStore } from '@/components/ui/toast-store';
import { NoteField } from './NoteField';

interface Saved {
  note: string | null;
  /** What stood in the shop where the edit began. */
  base: string | null;
}
let saved: Saved[];
let fail: boolean;
function field(value: string | null) {
  const onSave = (note: string | null): Promise<void> => {
    if (fail) return Promise.reject(new DOMException('', 'QuotaExceededError'));
    saved.push({ note, base: value });
    return Promise.resolve();
  };
  return <NoteField value={value} isDisabled={false} onSave={onSave} />;
}
const box = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Note' });
const type = (text: string): void => {
  fireEvent.change(box(), { target: { value: text } });
};
const wait = () => react(() => vi.advanceTimersByTimeAsync(400));

beforeEach(() => {
  saved = [];
  fail = false;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('tells what stood there when the person began to type, whatever came since', async () => {
  const { rerender } = render(field(null));
  fireEvent.focus(box());
  type('wo');
  // The advisor writes in the middle of the word.
  rerender(field('squeals'));
  type('worn');
  await wait();
  expect(saved).toEqual([{ note: 'worn', base: null }]);
  expect(box()).toHaveValue('worn');
});

it('builds on what it saved itself, and not on what somebody else added to that', async () => {
  const { rerender } = render(field(null));
  fireEvent.focus(box());
  type('worn');
  await wait();
  rerender(field('worn'));
  type('worn out');
  await wait();
  rerender(field('worn out'));
  rerender(field('worn out. Customer heard a squeal'));
  expect(box()).toHaveValue('worn out');
  type('worn out, left');
  await wait();
  expect(saved.map((one) => one.base)).toEqual([null, 'worn', 'worn out']);
  fireEvent.blur(box());
  expect(box()).toHaveValue('worn out. Customer heard a squeal');
});

it('shows what comes from the shop again once it is saved where nobody types', async () => {
  const { rerender } = render(field(null));
  // Dictated: the field never had the focus.
  type('worn');
  await wait();
  rerender(field('worn'));
  rerender(field('worn. Customer heard a squeal'));
  expect(box()).toHaveValue('worn. Customer heard a squeal');
});

it('keeps what could not be saved, says so, and saves it with the next letter', async () => {
  const { rerender } = render(field(null));
  fireEvent.focus(box());
  fail = true;
  type('worn');
  await wait();
  fireEvent.blur(box());
  await wait();
  expect(box()).toHaveValue('worn');
  expect(toastStore.read().at(-1)?.title).toContain('storage is full');
  fail = false;
  rerender(field(null));
  type('worn out');
  await wait();
  expect(saved).toEqual([{ note: 'worn out', base: null }]);
});

describe('dictated', () => {
  type Told = { resultIndex: number; results: (({ transcript: string }[] & { isFinal: boolean }))[] };
  let told: ((event: Told) => void) | null;
  class Recognition {
    set onresult(handler: (event: Told) => void) {
      told = handler;
    }
    start(): void {}
    stop(): void {}
    abort(): void {}
  }
  const phrase = (transcript: string, isFinal = true) => Object.assign([{ transcript }], { isFinal });
  beforeEach(() => vi.stubGlobal('webkitSpeechRecognition', Recognition));
  afterEach(() => vi.unstubAllGlobals());

  it('phrases follow each other, also those that end together, up to what the shop takes', async () => {
    render(field('left'));
    fireEvent.click(screen.getByRole('button', { name: 'Dictate' }));
    react(() => told?.({ resultIndex: 0, results: [phrase(' worn to'), phrase('the wire'), phrase('half a', false)] }));
    expect(box()).toHaveValue('left worn to the wire');
    react(() => {
      told?.({ resultIndex: 0, results: [phrase('both')] });
      told?.({ resultIndex: 0, results: [phrase('sides')] });
    });
    expect(box()).toHaveValue('left worn to the wire both sides');
    react(() => told?.({ resultIndex: 0, results: [phrase('x'.repeat(3_000))] }));
    expect(box().value).toHaveLength(2_000);
    await wait();
  });
});
