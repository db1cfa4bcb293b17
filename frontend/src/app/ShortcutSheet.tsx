import { Dialog } from '@/components/ui/Dialog';
import { Kbd } from '@/components/ui/Kbd';
import '@/i18n/late/calendar';
import '@/i18n/late/keys';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useSingleKeys } from '@/lib/hotkeys';

/** Keys of one shortcut; several entries are alternatives, a space inside one means "then", a dash "to". */
interface Row {
  keys: readonly string[];
  word: WordKey;
}

const GROUPS: { word: WordKey; rows: readonly Row[] }[] = [
  {
    word: 'keys.anywhere',
    rows: [
      { keys: ['Ctrl+K'], word: 'keys.palette' },
      { keys: ['/'], word: 'keys.search' },
      { keys: ['C'], word: 'keys.new' },
      { keys: ['G B'], word: 'keys.goBoard' },
      { keys: ['G C'], word: 'keys.goCalendar' },
      { keys: ['G U'], word: 'keys.goCustomers' },
      { keys: ['G D'], word: 'keys.goNumbers' },
      { keys: ['G M'], word: 'keys.goInbox' },
      { keys: ['?'], word: 'keys.help' },
      { keys: ['Esc'], word: 'keys.escape' },
    ],
  },
  {
    word: 'keys.board',
    rows: [
      { keys: ['↑', '↓', 'K', 'J'], word: 'keys.cards' },
      { keys: ['←', '→', 'H', 'L'], word: 'keys.columns' },
      { keys: ['Home', 'End'], word: 'keys.ends' },
      { keys: ['Enter', 'E'], word: 'keys.open' },
      { keys: ['Space'], word: 'keys.carry' },
      { keys: ['M'], word: 'keys.move' },
      { keys: ['Shift+↑', 'Shift+↓'], word: 'keys.reorder' },
      { keys: ['A'], word: 'keys.assign' },
      { keys: ['T'], word: 'keys.text' },
      { keys: ['Ctrl+Z'], word: 'keys.undo' },
    ],
  },
  {
    word: 'keys.calendar',
    rows: [
      { keys: ['←', '→'], word: 'keys.calendar.step' },
      { keys: ['T'], word: 'keys.calendar.today' },
      { keys: ['D', 'W', 'M', 'P'], word: 'keys.calendar.views' },
      { keys: ['↑', '↓', '←', '→'], word: 'keys.calendar.walk' },
      { keys: ['Enter', 'E'], word: 'keys.open' },
      { keys: ['C', 'Enter'], word: 'keys.calendar.new' },
      { keys: ['M'], word: 'keys.calendar.move' },
      { keys: ['Shift+↑', 'Shift+↓'], word: 'keys.calendar.resize' },
    ],
  },
  {
    word: 'keys.drawer',
    rows: [
      { keys: ['[', ']'], word: 'keys.neighbors' },
      { keys: ['Alt+1–6'], word: 'keys.tabs' },
      { keys: ['Ctrl+Enter'], word: 'keys.saveField' },
    ],
  },
  {
    word: 'keys.inbox',
    rows: [
      { keys: ['J', 'K'], word: 'keys.inbox.walk' },
      { keys: ['R'], word: 'keys.inbox.reply' },
      { keys: ['Ctrl+Enter'], word: 'keys.send' },
      { keys: ['E'], word: 'keys.inbox.done' },
      { keys: ['A'], word: 'keys.inbox.assign' },
      { keys: ['S'], word: 'keys.inbox.snooze' },
    ],
  },
];

function Keys({ text }: { text: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {text.split(/([ +–])/).map((part, index) =>
        part === '–' ? (
          <span key={index} className="text-xs text-muted">
            {t('keys.to')}
          </span>
        ) : part === ' ' ? (
          <span key={index} className="text-xs text-muted">
            {t('keys.then')}
          </span>
        ) : part === '+' ? null : (
          <Kbd key={index}>{part}</Kbd>
        ),
      )}
    </span>
  );
}

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const letters = useSingleKeys();
  return (
    <Dialog title={t('keys.title')} onClose={onClose} size="lg" isReading>
      {letters ? null : <p className="mb-4 rounded-control bg-info-soft px-3 py-2 text-info">{t('keys.off')}</p>}
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {GROUPS.map((group) => (
          <section key={group.word}>
            <h3 className="mb-2 text-xs font-semibold text-muted">{t(group.word)}</h3>
            <dl className="flex flex-col">
              {group.rows.map((row) => (
                <div key={row.word} className="flex min-h-8 items-center justify-between gap-4 border-b border-line py-1">
                  <dt>{t(row.word)}</dt>
                  <dd className="flex shrink-0 gap-1.5">
                    {row.keys.map((key) => (
                      <Keys key={key} text={key} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
