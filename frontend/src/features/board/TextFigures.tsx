import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { inboxSummary } from '@/lib/data/inbox';
import { formatTime } from '@/lib/time';

/** Of a place's texts: what nobody has answered and what waits for its hour, each its own number and the way to it. */
export function TextFigures({ locationId, zone }: { locationId: string; zone: string }) {
  const { can, me } = useSession();
  // Asked by the menu's badge as well, which keeps it up to date.
  const { data } = useQuery({ ...inboxSummary(locationId), enabled: can('message:view') && me.flags.messaging });
  if (!data) return null;
  const release = data.nextRelease ? t('board.kpi.held.next', { time: formatTime(data.nextRelease, zone) }) : undefined;
  return (
    <>
      {data.unread > 0 ? <Figure to="/inbox" name="unread" value={data.unread} word={t('board.kpi.unread', { count: data.unread })} /> : null}
      {data.held > 0 ? <Figure to="/inbox/desk?kind=held" name="held" value={data.held} word={t('board.kpi.held', { count: data.held })} hint={release} /> : null}
    </>
  );
}

function Figure({ to, name, value, word, hint }: { to: string; name: string; value: number; word: string; hint?: string | undefined }) {
  return (
    <li data-figure={name} className="whitespace-nowrap">
      <Link to={to} title={hint} className="hover:underline pointer-coarse:inline-flex pointer-coarse:min-h-11 pointer-coarse:items-center pointer-coarse:gap-1">
        <span className="tabular font-semibold text-ink">{value}</span> {word}
      </Link>
    </li>
  );
}
