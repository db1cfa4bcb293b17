"""How replies are read, and how long a person has to decide; no fixture, no database."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.consent.rules import (
    REVOKING,
    Meaning,
    business_days_after,
    classify,
    federal_holidays,
    is_spanish,
    review_due,
)

REPLIES = Path(__file__).with_name("replies.tsv")


def _replies() -> list[tuple[Meaning, str]]:
    lines = [line for line in REPLIES.read_text(encoding="utf-8").split("\n") if line and not line.startswith("# ")]
    return [(Meaning(line.split("\t")[0]), line.split("\t", 1)[1].replace("\\n", "\n")) for line in lines]


def test_no_reply_of_the_corpus_that_must_revoke_is_missed_and_none_revokes_that_must_not() -> None:
    read = [(expected, classify(text).meaning, text) for expected, text in _replies()]

    missed = [text for expected, found, text in read if expected in REVOKING and found not in REVOKING]
    too_much = [text for expected, found, text in read if expected not in REVOKING and found in REVOKING]
    assert (missed, too_much) == ([], [])


@pytest.mark.parametrize(
    "text", ["ALTO", "no más", "Dejen de mandarme mensajes", "Sáquenme de la lista", "número equivocado", "cancelar"]
)
def test_what_revokes_in_spanish_is_known_for_it(text: str) -> None:
    assert is_spanish(classify(text))


@pytest.mark.parametrize(
    "text", ["STOP", "stop por favor", "take me off your list", "wrong number", "no more texts", "cancel"]
)
def test_what_revokes_in_english_is_no_spanish(text: str) -> None:
    assert not is_spanish(classify(text))


def test_every_reply_of_the_corpus_is_read_as_it_says() -> None:
    wrong = [(text, expected, classify(text)) for expected, text in _replies() if classify(text).meaning != expected]

    assert wrong == []


def test_the_corpus_is_large_and_has_every_reading() -> None:
    counts = Counter(expected for expected, _ in _replies())

    assert sum(counts.values()) >= 600
    assert set(counts) == set(Meaning)
    assert len({text for _, text in _replies()}) == sum(counts.values()), "a reply stands twice"


@pytest.mark.parametrize(
    "text",
    [
        "please stop the work",
        "Please stop the work.",
        "PLEASE STOP THE WORK",
        "stop the work please",
        "pls stop the work",
    ],
)
def test_please_stop_the_work_goes_to_a_person(text: str) -> None:
    assert classify(text).meaning is Meaning.AMBIGUOUS


@pytest.mark.parametrize(
    "word", ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove"]
)
@pytest.mark.parametrize(
    "form", ["{}", " {}  ", "{}.", "{}!!!", '"{}"', "{} 🛑", "\n{}\n", "{}\n\nSent from my iPhone"]
)
def test_a_keyword_is_one_in_any_dress(word: str, form: str) -> None:
    expected = Meaning.OPT_OUT_CANCEL if word == "cancel" else Meaning.OPT_OUT
    for dressed in (word, word.upper(), word.title(), "".join(chr(ord(letter) + 0xFEE0) for letter in word)):
        assert classify(form.format(dressed)).meaning is expected, dressed


def test_a_bare_yes_asks_to_be_let_in_only_where_the_number_is_opted_out() -> None:
    assert classify("YES").meaning is Meaning.TALK
    assert classify("YES", is_revoked=True).meaning is Meaning.OPT_IN
    assert classify("Yes please, go ahead", is_revoked=True).meaning is Meaning.TALK


def test_a_reading_names_the_words_that_decided() -> None:
    assert classify("Thanks, but STOP TEXTING me!").matched == "stop texting"
    assert classify("see you at 5").matched == ""


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert classify(text).meaning in Meaning


@given(st.text(alphabet=" \n.!?,*🛑🙏-_~", max_size=12), st.sampled_from(["stop", "STOP", "Unsubscribe", "REVOKE"]))
def test_no_ornament_hides_a_keyword(ornament: str, word: str) -> None:
    half = len(ornament) // 2

    assert classify(ornament[:half] + word + ornament[half:]).meaning in {Meaning.OPT_OUT, Meaning.OPT_OUT_PHRASE}


def test_a_long_text_is_read_at_once() -> None:
    # A pattern that tries every way to split a text would take minutes at this.
    for text in ("stop " * 2000, "do not text " * 1000, "no mas " * 1500, "a" * 10_000, "please " * 1500 + "x"):
        assert classify(text).meaning in Meaning


# --- the clock of a review ----------------------------------------------------------------------


def test_the_federal_holidays_of_2026_and_2027() -> None:
    # https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/
    assert sorted(federal_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),  # the Fourth is a Saturday
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]
    assert date(2027, 12, 24) in federal_holidays(2027)
    assert date(2027, 12, 31) in federal_holidays(2027), "New Year's Day of 2028 is a Saturday"
    assert date(2028, 1, 1) not in federal_holidays(2028)
    assert date(2027, 7, 5) in federal_holidays(2027), "the Fourth is a Sunday"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(date(2026, 11, 20), date(2026, 12, 7), id="over Thanksgiving"),
        pytest.param(date(2026, 12, 18), date(2027, 1, 5), id="over Christmas and New Year"),
        pytest.param(date(2026, 8, 3), date(2026, 8, 17), id="two plain weeks"),
        pytest.param(date(2026, 8, 1), date(2026, 8, 14), id="from a Saturday"),
    ],
)
def test_ten_business_days(start: date, expected: date) -> None:
    assert business_days_after(start, 10) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", datetime(2026, 12, 8, 5, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 12, 8, 8, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2026, 12, 8, 10, tzinfo=UTC)),
    ],
)
def test_a_review_is_due_at_the_end_of_the_day_where_the_shop_is(zone: str, expected: datetime) -> None:
    assert review_due(datetime(2026, 11, 20, 20, tzinfo=UTC), ZoneInfo(zone)) == expected


def test_a_review_over_the_change_of_clocks_ends_at_local_midnight() -> None:
    zone = ZoneInfo("America/New_York")

    due = review_due(datetime(2026, 10, 26, 15, tzinfo=UTC), zone)

    assert due.astimezone(zone) == datetime(2026, 11, 10, tzinfo=zone)
