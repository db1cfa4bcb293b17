"""The board in one statement to check and one to read; see docs/decisions/0012.

The statements are written by hand: they run on every poll of every open screen, and must cost
one round trip and touch only the rows of one day. A board that changed is put together from the
cards that did not, as they were written last time, and the few that did.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from backend.accounts.permissions import Role
from backend.accounts.queries import PRINCIPAL_CTE
from backend.appointments.queries import CARD_SQL, card
from backend.appointments.rules import OPEN, TITLES, Status
from backend.board.rules import COLUMNS, MONEY_KEYS, PLATE_TAIL, WALL_COLUMNS, BoardRequest, stage_of
from backend.core.db import statement_row, statement_rows
from backend.core.encoding import Encoded, EncodedCache
from backend.core.http import dump_json, fingerprint

CACHED_BOARDS = 64
_Filter = Callable[[dict[str, Any]], bool]

_OPEN_SQL = ", ".join(f"'{status}'" for status in sorted(OPEN))


def members_sql(columns: str, *, location: str, first_day: str, last_day: str) -> str:
    """Return the SELECT of the rows on a board: the range's days, cars still here from before, and those of them that left.

    Index scans joined by UNION ALL, because an OR makes the planner guess. Cars from before are few:
    the partial indexes hold only those on the premises, by day, and those that left on a later day than their
    own. The planner takes them for thousands, as it multiplies the shares of "came" and "has not left": without
    the day in that index it read all earlier days of another one beside it, 130 ms at a million appointments.
    """
    return f"""
        SELECT {columns} FROM appointments a
         WHERE a.location_id = {location} AND a.day BETWEEN {first_day} AND {last_day} AND a.deleted_at IS NULL
        UNION ALL
        SELECT {columns} FROM appointments a
         WHERE a.location_id = {location} AND a.check_in_at IS NOT NULL AND a.check_out_at IS NULL
           AND a.day < {first_day} AND a.status IN ({_OPEN_SQL}) AND a.deleted_at IS NULL
        UNION ALL
        SELECT {columns} FROM appointments a
         WHERE a.location_id = {location} AND a.left_on BETWEEN {first_day} AND {last_day} AND a.left_on > a.day
           AND a.day < {first_day} AND a.deleted_at IS NULL
    """  # noqa: S608  column lists and parameter names from this module only


# Who asks, which board that is, and a digest of its rows. The digest is an exclusive or over a
# hash of each row's id and rev: any change of any row, also one that came or went, changes it.
_CHECK = f"""
    WITH {PRINCIPAL_CTE},
    place AS MATERIALIZED (
        SELECT l.id, l.name, l.timezone, (%(now)s AT TIME ZONE l.timezone)::date AS today
          FROM principal p JOIN locations l ON l.id = ANY (p.location_ids)
         WHERE %(location_id)s::uuid IS NULL OR l.id = %(location_id)s
         ORDER BY l.name LIMIT 1
    ),
    span AS MATERIALIZED (
        SELECT place.*, coalesce(%(first_day)s::date, today) AS first_day,
               coalesce(%(last_day)s::date, %(first_day)s::date, today) AS last_day
          FROM place
    )
    SELECT p.user_id, p.role, s.id, s.name, s.timezone, s.today, s.first_day, s.last_day, d.digest, d.cards
      FROM principal p
      LEFT JOIN span s ON true
      LEFT JOIN LATERAL (
          SELECT bit_xor(uuid_hash_extended(m.id, m.rev)) AS digest, count(*) AS cards
            FROM ({members_sql("a.id, a.rev", location="s.id", first_day="s.first_day", last_day="s.last_day")}) m
      ) d ON s.id IS NOT NULL
"""  # noqa: S608

_ROWS = members_sql("a.*", location="%(location_id)s", first_day="%(first_day)s", last_day="%(last_day)s")
_CARDS = f"""
    SELECT {CARD_SQL}, rev FROM ({_ROWS}) m ORDER BY order_key, id
"""  # noqa: S608
# In the same order: the number of a card that the caller has in its present rev, or all of the card.
_CHANGES = f"""
    SELECT k.number, CASE WHEN k.number IS NULL THEN ROW({", ".join(f"m.{name.strip()}" for name in CARD_SQL.split(","))}, m.rev) END
      FROM ({_ROWS}) m
      LEFT JOIN unnest(%(ids)s::uuid[], %(revs)s::bigint[]) WITH ORDINALITY AS k (id, rev, number)
             ON k.id = m.id AND k.rev = m.rev
     ORDER BY m.order_key, m.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class BoardCheck:
    """Who asked, and the present state of the board they asked for; `location_id` None: not theirs."""

    user_id: UUID
    role: Role
    location_id: UUID | None
    location_name: str
    timezone: str
    today: date
    first_day: date
    last_day: date
    digest: int
    cards: int

    def etag(self, request: BoardRequest, *, with_money: bool) -> str:
        """Return the entity tag of this person's view of this state."""
        place = (self.location_id, self.location_name, self.timezone, self.today, self.first_day, self.last_day)
        return fingerprint(place, self.digest, self.cards, with_money, request.tech_id, request.text)


def check_board(session_id: UUID, request: BoardRequest, now: datetime) -> BoardCheck | None:
    """Return who asks and the digest of the board; None when the sign-in is over. One statement."""
    parameters = {
        "session_id": session_id,
        "now": now,
        "location_id": request.location_id,
        "first_day": request.first_day,
        "last_day": request.last_day,
    }
    row = statement_row(_CHECK, parameters)
    if row is None:
        return None
    return BoardCheck(row[0], Role(row[1]), row[2], row[3], row[4], row[5], row[6], row[7], row[8] or 0, row[9] or 0)


@dataclass(frozen=True, slots=True)
class _Card:
    """A row as it is written on a board, for as long as its rev is the row's; `text` lacks place and closing brace."""

    id: str
    rev: str
    status: str
    since: datetime
    day: date
    cents: int
    text: bytes
    is_wanted: bool = True


@dataclass(slots=True)
class _Board(Encoded):
    """A board's bytes with the cards they are made of, and those as the arrays that `_CHANGES` takes."""

    cards: list[_Card] = field(default_factory=list)
    ids: str = "{}"
    revs: str = "{}"


_cache: EncodedCache[_Board] = EncodedCache(CACHED_BOARDS)


def read_board(check: BoardCheck, request: BoardRequest, *, with_money: bool, etag: str) -> Encoded:
    """Return the board as bytes, from the cache while its digest holds. One statement at most.

    The rows are read after the digest: should one change in between, the bytes are newer than
    their tag, and the next poll brings them again.
    """
    if request.is_filtered:
        return Encoded(
            etag, _write(check, _read(check, _filter(request), with_money=with_money), with_money=with_money)
        )
    key = (check.location_id, check.first_day, check.last_day, check.today, with_money)
    kept = _cache.get(key, etag)
    if kept is not None:
        return kept
    last = _cache.last(key)
    cards = _read_changes(check, last, with_money=with_money) if last else _read(check, None, with_money=with_money)
    board = _Board(
        etag,
        _write(check, cards, with_money=with_money),
        cards=cards,
        ids=f"{{{','.join([one.id for one in cards])}}}",
        revs=f"{{{','.join([one.rev for one in cards])}}}",
    )
    _cache.put(key, board)
    return board


def _read(check: BoardCheck, wanted: _Filter | None, *, with_money: bool) -> list[_Card]:
    parameters = {"location_id": check.location_id, "first_day": check.first_day, "last_day": check.last_day}
    rows = statement_rows(_CARDS, parameters)
    return [_card(row, wanted, with_money=with_money) for row in rows]


def _read_changes(check: BoardCheck, last: _Board, *, with_money: bool) -> list[_Card]:
    parameters = {
        "location_id": check.location_id,
        "first_day": check.first_day,
        "last_day": check.last_day,
        "ids": last.ids,
        "revs": last.revs,
    }
    rows = statement_rows(_CHANGES, parameters)
    return [
        _card(row, None, with_money=with_money) if number is None else last.cards[number - 1] for number, row in rows
    ]


def _card(row: Sequence[Any], wanted: _Filter | None, *, with_money: bool) -> _Card:
    shown = card(row)
    is_wanted = wanted is None or wanted(shown)
    cents = shown["totalCents"]
    if not with_money:
        for name in MONEY_KEYS:
            del shown[name]
    since, day = shown["statusSince"], shown["day"]
    return _Card(str(shown["id"]), str(row[-1]), shown["status"], since, day, cents, dump_json(shown)[:-1], is_wanted)


def _write(check: BoardCheck, cards: list[_Card], *, with_money: bool) -> bytes:
    """Write the board: columns in the order of the states, each card with its rank in its column."""
    ranks = dict.fromkeys((status.value for status in COLUMNS), 0)
    members: dict[str, list[_Card]] = {status: [] for status in ranks}
    texts = []
    for one in cards:
        ranks[one.status] += 1
        if one.is_wanted:
            members[one.status].append(one)
            carry_over = b"true" if one.day < check.first_day else b"false"
            texts.append(b'%b,"position":%d,"carryOver":%b}' % (one.text, ranks[one.status], carry_over))
    columns = []
    for status, own in members.items():
        column = {"key": status, "title": TITLES[Status(status)], "count": len(own)}
        if with_money:
            column["sumCents"] = sum(one.cents for one in own)
        column["oldestSince"] = min((one.since for one in own), default=None)
        columns.append(column)
    head = {
        "location": {"id": check.location_id, "name": check.location_name, "timezone": check.timezone},
        "from": check.first_day,
        "to": check.last_day,
        "today": check.today,
        "columns": columns,
    }
    return b'%b,"cards":[%b]}' % (dump_json(head)[:-1], b",".join(texts))


_SEARCHED = ("customerName", "vehicle", "plate", "keyTag", "title", "servicesSummary", "techName", "customerPhone")


def _filter(request: BoardRequest) -> _Filter:
    words = (request.text or "").casefold().split()

    def wanted(shown: dict[str, Any]) -> bool:
        if request.tech_id is not None and shown["techId"] != request.tech_id:
            return False
        text = " ".join(str(shown[name]) for name in _SEARCHED if shown[name]).casefold() + f" {shown['number']}"
        return all(word in text for word in words)

    return wanted


# --- the screen on the wall -------------------------------------------------------------------

# What everybody in the room may read: no price, no phone, no customer's name, and of people the first name.
_WALL = f"""
    WITH place AS MATERIALIZED (
        SELECT l.id, l.timezone, l.opens_at, l.closes_at, (%(now)s AT TIME ZONE l.timezone)::date AS today
          FROM locations l WHERE l.id = %(location_id)s
    )
    SELECT p.timezone, p.opens_at, p.closes_at, m.id, m.status, m.starts_at, m.status_since, m.promised_at, m.key_tag,
           right(regexp_replace(m.plate, '[^[:alnum:]]', '', 'g'), {PLATE_TAIL}), m.vehicle_label, m.services_summary, split_part(m.tech_name, ' ', 1), m.bay_name,
           m.is_waiting, m.estimate_state, m.jobs_approved
      FROM place p
      LEFT JOIN LATERAL ({members_sql("a.*", location="p.id", first_day="p.today", last_day="p.today")}) m
             ON m.status IN ({_OPEN_SQL})
     ORDER BY CASE WHEN m.status = 'SCHEDULED' THEN extract(epoch FROM m.starts_at) ELSE m.order_key END, m.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class WallCard:
    """A car as the wall shows it; `stage` says what it waits for."""

    id: UUID
    status: str
    start: datetime
    status_since: datetime
    promised_at: datetime | None
    key_tag: str | None
    plate_tail: str | None
    vehicle: str | None
    job: str | None
    tech_name: str | None
    bay_name: str | None
    is_waiting: bool
    stage: str | None


@dataclass(frozen=True, slots=True)
class Wall:
    """A location's open jobs of today, by column; hours are local wall-clock times, between them the screen is bright."""

    timezone: str
    opens_at: time
    closes_at: time
    columns: dict[Status, list[WallCard]]


def read_wall(location_id: UUID, now: datetime) -> Wall:
    """Return what a location's wall shows; one statement."""
    rows = statement_rows(_WALL, {"location_id": location_id, "now": now})
    timezone, opens_at, closes_at = rows[0][:3]
    wall = Wall(timezone, opens_at, closes_at, {status: [] for status in WALL_COLUMNS})
    for row in rows:
        if row[3] is not None:
            wall.columns[Status(row[4])].append(WallCard(*(*row[3:-2], stage_of(*row[-2:]))))
    return wall
