import { STATUSES } from '@/lib/status';
import type { Board, BoardCard, Status } from '@/types';
import { columnOf, inOrder, lanesOf } from '@/features/board/order';

/** A card for tests; only what matters needs to be said. */
export function makeCard(changes: Partial<BoardCard> = {}): BoardCard {
  return {
    id: 'a1',
    number: 1042,
    locationId: 'l1',
    status: 'SCHEDULED',
    orderKey: 1024,
    version: 1,
    start: '2026-11-20T14:00:00Z',
    end: '2026-11-20T15:00:00Z',
    promisedAt: null,
    statusSince: '2026-11-20T13:00:00Z',
    carryOver: false,
    customerName: 'Ana Reyes',
    customerPhone: '+17185550142',
    vehicle: '2019 Toyota Corolla',
    plate: '7ABC-123',
    keyTag: null,
    servicesSummary: 'Oil change',
    techId: null,
    techName: null,
    bayId: null,
    bayName: null,
    title: null,
    unreadCount: 0,
    checkInAt: null,
    checkOutAt: null,
    day: '2026-11-20',
    flags: [],
    ...changes,
  };
}

/** A board of one day whose heads fit its cards. */
export function makeBoard(cards: BoardCard[]): Board {
  const lanes = lanesOf(cards);
  return inOrder({
    location: { id: 'l1', name: 'Brooklyn', timezone: 'America/New_York' },
    from: '2026-11-20',
    to: '2026-11-20',
    today: '2026-11-20',
    columns: STATUSES.map((status) => columnOf(status, status, lanes[status])),
    cards,
  });
}

/** Numbers of a lane's cards from top to bottom. */
export function laneIds(board: Board, status: Status): string[] {
  return lanesOf(board.cards)[status].map((card) => card.id);
}
