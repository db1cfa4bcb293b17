"""Hot statements: their values and rows, and what becomes of them when the connection breaks."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.core.db import statement_row, statement_rows
from backend.core.errors import RuleViolationError, UnavailableError
from backend.core.ids import new_id

ECHO = "SELECT %(number)s::bigint, %(text)s::text, %(id)s::uuid, %(number)s::bigint IS NULL"


@pytest.mark.parametrize("number", [1, 70_000, 2**40, None])
def test_values_of_any_size_and_missing_ones_come_back_as_they_were(session, number):
    identifier = new_id()

    for text in ("100 %", None):
        assert statement_row(ECHO, {"number": number, "text": text, "id": identifier}) == (
            number,
            text,
            UUID(str(identifier)),
            number is None,
        )


def test_no_row_is_none_and_a_statement_without_rows_has_none(session):
    assert statement_row("SELECT 1 WHERE %(yes)s", {"yes": False}) is None
    assert statement_rows("SET application_name = 'keytag-web'", {}) == []
    assert statement_rows("SELECT * FROM generate_series(1, %(last)s::int)", {"last": 3}) == [(1,), (2,), (3,)]


def test_a_value_that_does_not_fit_is_a_refusal(session):
    with pytest.raises(RuleViolationError):
        statement_row("SELECT %(text)s::date", {"text": "no day"})


def test_a_broken_connection_is_said_and_the_next_statement_has_another(session):
    [process] = statement_row("SELECT pg_backend_pid()", {})
    session.execute(sa.select(sa.func.pg_terminate_backend(process, 5000)))

    with pytest.raises(UnavailableError):
        statement_row("SELECT pg_backend_pid()", {})

    assert statement_row("SELECT pg_backend_pid()", {}) != (process,)
