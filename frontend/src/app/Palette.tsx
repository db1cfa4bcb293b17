import { Command } from 'cmdk';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { useNavigate } from 'react-router';
import { StatusPill } from '@/components/ui/StatusPill';
import { Layer } from '@/components/ui/Layer';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession, useVisitAccess } from '@/contexts/SessionContext';
import { wantMenu } from '@/features/board/board-store';
import { cardName } from '@/features/board/card-words';
import '@/i18n/late/keys';
import { t } from '@/i18n/t';
import { jobByNumber, ledgerByNumber } from '@/lib/data/appointments';
import { customerSearch } from '@/lib/data/customers';
import { useRested } from '@/lib/debounce';
import { find } from '@/lib/find';
import { boardKeys } from '@/lib/query-keys';
import { useTheme } from '@/lib/theme';
import type { Board, BoardCard } from '@/types';
import { pagesFor } from './pages';

const ITEM =
  'flex min-h-10 cursor-pointer items-center gap-3 rounded-control px-3 data-[selected=true]:bg-hover pointer-coarse:min-h-12';

const MOST_JOBS = 5;

type Found = Pick<BoardCard, 'id' | 'number' | 'status' | 'vehicle' | 'plate' | 'customerName'>;

interface PaletteProps {
  /** The board's card that had the focus. */
  chosenId: string | null;
  onClose: () => void;
  onKeys: () => void;
}

/** Find anything, do anything: pages, acts, customers. Loaded when first asked for. */
export function Palette({ chosenId, onClose, onKeys }: PaletteProps) {
  const navigate = useNavigate();
  const { can, me } = useSession();
  const { locations, location, setLocation } = useShopLocation();
  const actions = useAppointmentActions();
  const theme = useTheme();
  const [text, setText] = useState('');
  const rested = useRested(text);
  const customers = useQuery({ ...customerSearch(can('customer:view') ? rested : ''), placeholderData: keepPreviousData });

  const isTyped = text.trim() !== '';
  const board = useJobs(can('board:view'));
  const onBoard = isTyped ? find(board, text, jobTexts).slice(0, MOST_JOBS) : [];
  const number = /^\s*#?(\d{1,9})\s*$/.exec(rested)?.[1] ?? null;
  const access = useVisitAccess();
  const job = useQuery(jobByNumber(access === 'job' ? number : null));
  const ledger = useQuery(ledgerByNumber(access === 'money' ? number : null));
  const numbered = access === 'job' ? job : ledger;
  // A job of any day is found by its number; the boards that were looked at are searched by everything.
  const jobs: Found[] = isTyped && numbered.data && !onBoard.some((one) => one.id === numbered.data?.id) ? [numbered.data, ...onBoard] : onBoard;
  const people = customers.data && rested.trim().length >= 2 && isTyped ? customers.data : [];
  const run = (action: () => void) => () => {
    onClose();
    action();
  };
  const group = '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted';
  const pages = find(
    pagesFor(can, me.flags),
    text,
    ({ word }) => [t(word)],
  );
  const acts = find(
    [
      ...(can('appointment:edit') ? [{ label: t('board.new'), act: run(() => actions.create()) }] : []),
      ...locations
        .filter((one) => one.id !== location.id)
        .map((one) => ({ label: t('palette.location', { name: one.name }), act: run(() => setLocation(one.id)) })),
      ...(['light', 'dark', 'system'] as const).map((choice) => ({
        label: t('palette.theme', { name: t(`shell.theme.${choice}`) }),
        act: run(() => theme.setTheme(choice)),
      })),
      { label: t('shell.shortcuts'), act: onKeys },
    ],
    text,
    ({ label }) => [label],
  );
  /** The menu hangs on the page: the palette has to be gone first. */
  const openMenu = (menu: 'move' | 'assign', id: string): void => {
    flushSync(onClose);
    wantMenu(menu, id);
  };
  const chosen = board.find((one) => one.id === chosenId);
  const cardActs = find(
    chosen
      ? [
          ...(can('appointment:move') ? [{ label: t('card.move', { card: cardName(chosen) }), act: () => openMenu('move', chosen.id) }] : []),
          ...(can('appointment:edit') ? [{ label: t('palette.assign', { card: cardName(chosen) }), act: () => openMenu('assign', chosen.id) }] : []),
        ]
      : [],
    text,
    ({ label }) => [label],
  );
  const hasNone = [cardActs, jobs, people, pages, acts].every((list) => list.length === 0);
  const isSearching = customers.isFetching || numbered.isFetching || rested !== text;

  return (
    <Layer onClose={onClose} labelledBy="palette-title" align="top" panelClassName="max-h-[70dvh] w-full max-w-xl rounded-panel motion-safe:animate-enter">
      <h2 id="palette-title" className="sr-only">
        {t('palette.title')}
      </h2>
      <Command label={t('palette.title')} shouldFilter={false} className="flex min-h-0 flex-col">
        <Command.Input
          data-autofocus
          value={text}
          onValueChange={setText}
          placeholder={t('palette.placeholder')}
          className="h-13 shrink-0 border-b border-line bg-transparent px-5 text-base outline-none"
        />
        <Command.List className="min-h-0 overflow-y-auto p-2">
          {hasNone ? (
            <p role="status" className="px-3 py-6 text-center text-muted">
              {t(isSearching ? 'palette.searching' : 'palette.empty')}
            </p>
          ) : null}
          {cardActs.length > 0 ? (
            <Command.Group heading={t('palette.card')} className={group}>
              {cardActs.map(({ label, act }) => (
                <Command.Item key={label} value={label} onSelect={act} className={ITEM}>
                  {label}
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {jobs.length > 0 ? (
            <Command.Group heading={t('palette.jobs')} className={group}>
              {jobs.map((card) => (
                <Command.Item key={card.id} value={`job ${card.id}`} onSelect={run(() => actions.open(card.id))} className={ITEM}>
                  <StatusPill status={card.status} size="sm" />
                  <span className="truncate">{[card.vehicle ?? card.plate, card.customerName].filter(Boolean).join(', ')}</span>
                  <span className="tabular ml-auto text-xs text-muted">{t('card.number', { number: String(card.number) })}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {people.length > 0 ? (
            <Command.Group heading={t('palette.customers')} className={group}>
              {people.map((customer) => (
                <Command.Item
                  key={customer.id}
                  value={`customer ${customer.id}`}
                  onSelect={run(() => void navigate(`/customers/${customer.id}`))}
                  className={ITEM}
                >
                  <span className="truncate">{customer.name}</span>
                  <span className="truncate text-muted">{customer.vehicles.map((one) => one.plate ?? one.label).join(', ')}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {pages.length > 0 ? (
            <Command.Group heading={t('palette.go')} className={group}>
              {pages.map(({ path, word, icon: Icon, isTablet }) => (
                <Command.Item key={path} value={path} onSelect={run(() => (isTablet ? window.location.assign(path) : void navigate(path)))} className={ITEM}>
                  <Icon size={16} aria-hidden className="text-muted" />
                  {t(word)}
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {acts.length > 0 ? (
            <Command.Group heading={t('palette.do')} className={group}>
              {acts.map(({ label, act }) => (
                <Command.Item key={label} value={label} onSelect={act} className={ITEM}>
                  {label}
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
        </Command.List>
      </Command>
    </Layer>
  );
}

function jobTexts({ number, plate, keyTag, vehicle, customerName }: BoardCard): string[] {
  return [String(number), plate, keyTag, vehicle, customerName].filter((text) => text !== null);
}

/** The jobs of the boards that were looked at; nothing is fetched for it. */
function useJobs(isAllowed: boolean): BoardCard[] {
  const client = useQueryClient();
  if (!isAllowed) return [];
  const boards = client.getQueriesData<Board>({ queryKey: [...boardKeys.all, 'list'] });
  return [...new Map(boards.flatMap(([, board]) => board?.cards ?? []).map((card) => [card.id, card])).values()];
}
