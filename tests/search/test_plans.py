"""Every kind of search goes by the indexes that are meant for it.

How long it takes at 100,000 customers is for the benchmark to say. Here the rows that a search reads are counted: a
few, where without its index they would be all.
"""

import random
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from backend.core.db import reading
from backend.core.ids import new_id
from backend.customers.queries import list_duplicates
from backend.search import queries
from tests.factories.customers import CREATED_AT

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
CUSTOMERS = 8_000
# Each reading of a text may bring 200 customers, which are looked up for the page with their cars.
MOST_ROWS = 1_000
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
VOWELS = "aeiou"
CONSONANTS = "bcdfghjklmnprstvwz"


@pytest.fixture
def crowd(session, owner):
    """Put 8,000 customers with a car each on file, whose names, numbers and plates are spread evenly."""
    dice = random.Random(42)

    def word(syllables):
        return "".join(dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(syllables))

    people, cars = [], []
    for number in range(CUSTOMERS):
        key = f"{word(3)} {word(4)}"
        phone, email = f"+1{dice.randrange(2_000_000_000, 10_000_000_000)}", f"{word(3)}.{number}@example.com"
        people.append((new_id(), key.title(), key, phone, email, CREATED_AT, CREATED_AT))
        plate = "".join(dice.choices(LETTERS, k=3)) + f"{dice.randrange(10_000):04}"
        vin = "".join(dice.choices(LETTERS, k=11)) + f"{number:06}"
        cars.append((new_id(), people[-1][0], "Toyota", plate, plate, vin, CREATED_AT, CREATED_AT))
    cursor = session.connection().connection.driver_connection.cursor()
    for target, rows in (
        ("customers (id, name, name_key, phone, email, created_at, updated_at)", people),
        ("vehicles (id, customer_id, make, plate, plate_key, vin, created_at, updated_at)", cars),
    ):
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    session.commit()
    owner.execute("VACUUM ANALYZE customers, vehicles")
    return people[-1], cars[-1]


def _rows_read(session):
    """Return how many rows of the two tables this connection read so far."""
    return session.scalar(
        sa.text(
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname IN ('customers', 'vehicles')"
        )
    )


def _read_by(work):
    """Return how many rows `work(session)` reads, and its result.

    On a table this small a scan can be the quicker way to join a hundred hits; only whether an index
    can do it is of interest.
    """
    with reading() as session:
        for plan in ("seqscan", "indexonlyscan", "hashjoin", "mergejoin"):
            session.execute(sa.text(f"SET LOCAL enable_{plan} = off"))
        before = _rows_read(session)
        result = work(session)
        return int(_rows_read(session) - before), result


def test_every_kind_of_search_reads_few_rows(crowd):
    (identity, name, key, phone, email, *_), (_, _, _, plate, _, vin, *_) = crowd
    texts = {
        "name": name,
        "first name": key.split()[0],
        "letters swapped": key[1] + key[0] + key[2:],
        "a wrong letter": key[:2] + "x" + key[3:],
        "unknown": "zzyzx qwfpgj",
        "phone": phone,
        "last four digits": phone[-4:],
        "three digits": phone[-3:],
        "plate": f"{plate[:3]}-{plate[3:]}",
        "part of a plate": plate[2:5],
        "VIN": vin,
        "VIN tail": vin[-6:],
        "email": email,
        "start of an email": email[:4],
    }

    read, found = {}, {}
    for kind, text in texts.items():
        read[kind], page = _read_by(
            lambda session, text=text: queries.search_customers(session, text, now=NOW, limit=20)
        )
        found[kind] = identity in [item.id for item in page.items]
    read["list"], _ = _read_by(lambda session: queries.list_customers(session, now=NOW, limit=20))
    read["duplicates"], _ = _read_by(lambda session: list_duplicates(session, identity, now=NOW))

    assert {kind: rows for kind, rows in read.items() if rows > MOST_ROWS} == {}
    assert [kind for kind, is_found in found.items() if not is_found] == ["unknown"]
