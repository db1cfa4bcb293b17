"""The board in one statement to check and one to read; see docs/decisions/0012.

Both statements are written by hand: they run on every poll of every open screen, and must cost
one round trip and touch only the rows of one day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.accounts.permissions import Role
from backend.accounts.queries import PRINCIPAL_CTE
from backend.appointments.queries import CARD_SQL, card
from backend.appointments.rules import OPEN, TITLES
from backend.board.rules import COLUMNS, MONEY_KEYS, BoardRequest
from backend.core.db import single_statement
from backend.core.encoding import Encoded, EncodedCache
from backend.core.http import dump_json, fingerprint

CACHED_BOARDS = 128
_cache = EncodedCache(CACHED_BOARDS)

_OPEN_SQL = ", ".join(f"'{status}'" for status in sorted(OPEN))


def members_sql(columns: str, *, location: str, first_day: str, last_day: str) -> str:
    """Return the SELECT of the rows on a board: the range's days, and cars still here from before.

    Two index scans joined by UNION ALL, because an OR of the two makes the planner guess. Cars
    from before are few: the partial index holds only those on the premises, by day. The planner takes
    them for thousands, as it multiplies the shares of "came" and "has not left": without the day in
    that index it read all earlier days of another one beside it, 130 ms at a million appointments.
    """
    return f"""
        SELECT {columns} FROM appointments a
         WHERE a.location_id = {location} AND a.day BETWEEN {first_day} AND {last_day} AND a.deleted_at IS NULL
        UNION ALL
        SELECT {columns} FROM appointments a
         WHERE a.location_id = {location} AND a.check_in_at IS NOT NULL AND a.check_out_at IS NULL
           AND a.day < {first_day} AND a.status IN ({_OPEN_SQL}) AND a.deleted_at IS NULL
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
    SELECT p.user_id, p.name, p.role, s.id, s.name, s.timezone, s.today, s.first_day, s.last_day, d.digest, d.cards
      FROM principal p
      LEFT JOIN span s ON true
      LEFT JOIN LATERAL (
          SELECT bit_xor(uuid_hash_extended(m.id, m.rev)) AS digest, count(*) AS cards
            FROM ({members_sql("a.id, a.rev", location="s.id", first_day="s.first_day", last_day="s.last_day")}) m
      ) d ON s.id IS NOT NULL
"""  # noqa: S608

_CARDS = f"""
    SELECT {CARD_SQL}
      FROM ({members_sql("a.*", location="%(location_id)s", first_day="%(first_day)s", last_day="%(last_day)s")}) m
     ORDER BY order_key, id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class BoardCheck:
    """Who asked, and the present state of the board they asked for; `location_id` None: not theirs."""

    user_id: UUID
    user_name: str
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
    with single_statement() as cursor:
        row = cursor.execute(_CHECK, parameters, prepare=True).fetchone()
    if row is None:
        return None
    return BoardCheck(
        row[0], row[1], Role(row[2]), row[3], row[4], row[5], row[6], row[7], row[8], row[9] or 0, row[10] or 0
    )


def read_board(check: BoardCheck, request: BoardRequest, *, with_money: bool, etag: str) -> Encoded:
    """Return the board as bytes, from the cache while its digest holds. One statement at most.

    The rows are read after the digest: should one change in between, the bytes are newer than
    their tag, and the next poll brings them again.
    """
    key = (check.location_id, check.first_day, check.last_day, check.today, with_money)
    entry = None if request.is_filtered else _cache.get(key, etag)
    if entry is None:
        entry = Encoded(etag, dump_json(_build(check, request, with_money=with_money)))
        if not request.is_filtered:
            _cache.put(key, entry)
    return entry


def _build(check: BoardCheck, request: BoardRequest, *, with_money: bool) -> dict[str, Any]:
    parameters = {"location_id": check.location_id, "first_day": check.first_day, "last_day": check.last_day}
    with single_statement() as cursor:
        rows = cursor.execute(_CARDS, parameters, prepare=True).fetchall()
    columns: dict[str, dict[str, Any]] = {}
    for status in COLUMNS:
        columns[status.value] = {
            "key": status.value,
            "title": TITLES[status],
            "count": 0,
            "sumCents": 0,
            "oldestSince": None,
        }
        if not with_money:
            del columns[status.value]["sumCents"]
    ranks = dict.fromkeys(columns, 0)
    cards = []
    wanted = _filter(request)
    for row in rows:
        shown = card(row)
        status = shown["status"]
        ranks[status] += 1
        if wanted is not None and not wanted(shown):
            continue
        shown["position"] = ranks[status]
        shown["carryOver"] = shown["day"] < check.first_day
        column = columns[status]
        column["count"] += 1
        if column["oldestSince"] is None or shown["statusSince"] < column["oldestSince"]:
            column["oldestSince"] = shown["statusSince"]
        if with_money:
            column["sumCents"] += shown["totalCents"]
        else:
            for name in MONEY_KEYS:
                del shown[name]
        cards.append(shown)
    return {
        "location": {"id": check.location_id, "name": check.location_name, "timezone": check.timezone},
        "from": check.first_day,
        "to": check.last_day,
        "today": check.today,
        "columns": list(columns.values()),
        "cards": cards,
    }


_SEARCHED = ("customerName", "vehicle", "plate", "keyTag", "title", "servicesSummary", "techName", "customerPhone")


def _filter(request: BoardRequest) -> Any:
    if not request.is_filtered:
        return None
    words = (request.text or "").casefold().split()

    def wanted(shown: dict[str, Any]) -> bool:
        if request.tech_id is not None and shown["techId"] != request.tech_id:
            return False
        text = " ".join(str(shown[name]) for name in _SEARCHED if shown[name]).casefold() + f" {shown['number']}"
        return all(word in text for word in words)

    return wanted
