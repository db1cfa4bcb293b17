import { screen } from '@testing-library/react';
import { makeCard } from '@/testing/boards';
import { renderSignedIn } from '@/testing/render-signed-in';
import { CardFlags } from './CardFlags';

it('gives a mark that has room for its sign alone a word for the pointer and for the reader', () => {
  const card = makeCard({ status: 'IN_PROGRESS', flags: ['needsPart', 'needsApproval'], unreadCount: 2 });
  renderSignedIn(<CardFlags card={card} now={Date.parse('2026-11-20T15:00:00Z')} zone="America/New_York" days={{ from: '2026-11-20', to: '2026-11-20', today: '2026-11-20' }} room={230} isDense={false} />);
  for (const words of ['Needs a part', 'Needs approval']) {
    expect(screen.getByTitle(words)).toHaveAttribute('data-mark', 'sign');
    expect(screen.getByTitle(words)).toHaveTextContent(words);
  }
});
