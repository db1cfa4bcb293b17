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
      {data.unread > 0 ? <Figure to="/inbox" figure="unread" value={data.unread} word={t('board.kpi.unread')} name={t('board.kpi.unread.long', { count: data.unread })} /> : null}
      {data.held > 0 ? <Figure to="/inbox/desk?kind=held" figure="held" value={data.held} word={t('board.kpi.held')} name={t('board.kpi.held.long', { count: data.held })} hint={release} /> : null}
    </>
  );
}

interface FigureProps {
  to: string;
  figure: string;
  value: number;
  /** As short as the head's room asks for; `name` says it whole. */
  word: string;
  name: string;
  hint?: string | undefined;
}

function Figure({ to, figure, value, word, name, hint }: FigureProps) {
  return (
    <li data-figure={figure} className="whitespace-nowrap">
      <Link
        to={to}
        aria-label={name}
        title={hint ?? name}
        className="hover:underline pointer-coarse:inline-flex pointer-coarse:min-h-11 pointer-coarse:items-center pointer-coarse:gap-1"
      >
        <span className="tabular font-semibold text-ink">{value}</span> {word}
      </Link>
    </li>
  );
}
