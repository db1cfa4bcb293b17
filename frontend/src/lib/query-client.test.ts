import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { askAgain } from './query-client';

const KEY = ['board', 'list'];
let client: QueryClient;
let answers: ((value: string) => void)[] = [];
let stop: () => void;

function show(): QueryObserver<string> {
  const observer = new QueryObserver<string>(client, { queryKey: KEY, queryFn: () => new Promise((resolve) => answers.push(resolve)), retry: false });
  stop = observer.subscribe(() => undefined);
  return observer;
}
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  client = new QueryClient();
  answers = [];
});
afterEach(() => {
  stop();
  client.clear();
});

describe('asking again', () => {
  it('shows a first answer that was on its way, and asks once more for what it may lack', async () => {
    const shown = show();
    askAgain(client, ['board']);
    expect(answers).toHaveLength(1);
    answers[0]?.('before the change');
    await rest();
    expect(shown.getCurrentResult().data).toBe('before the change');
    expect(answers).toHaveLength(2);
    answers[1]?.('after it');
    await rest();
    expect(shown.getCurrentResult().data).toBe('after it');
    expect(answers).toHaveLength(2);
  });
  it('gives up a later one that was on its way', async () => {
    const shown = show();
    answers[0]?.('first');
    await rest();
    askAgain(client, KEY);
    askAgain(client, KEY);
    await rest();
    expect(answers).toHaveLength(3);
    answers[1]?.('given up');
    answers[2]?.('newest');
    await rest();
    expect(shown.getCurrentResult().data).toBe('newest');
  });
});
