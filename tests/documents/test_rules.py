from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.documents.rules import (
    brand_of,
    day_text,
    group_alternatives,
    instant_text,
    printable,
    readable_color,
    spaced_hash,
)
from backend.settings import FeatureFlags, Settings


@pytest.mark.parametrize(
    ("color", "printed"),
    [
        ("#1d4ed8", "#1d4ed8"),
        ("#ffee00", "#14181f"),
        ("#777777", "#14181f"),
        ("blue", "#14181f"),
        ("#000000", "#000000"),
    ],
)
def test_a_color_too_faint_for_paper_gives_way_to_ink(color, printed):
    assert readable_color(color) == printed


def test_texts_lose_what_can_not_be_printed_and_keep_the_rest():
    assert printable({"a": ["x\0\x07y\n", {"b": "tab\there"}], "n": 3}) == {"a": ["xy\n", {"b": "tab here"}], "n": 3}
    assert printable("A" * 40) == "A" * 24 + "\u200b" + "A" * 16
    assert printable("👩\u200d🔧") == "👩\u200d🔧"
    assert printable("cafe\u0301") == "café"


def test_instants_are_the_locations_and_days_stay_days():
    zone = ZoneInfo("America/Chicago")
    assert instant_text(datetime(2026, 7, 1, 5, 3, tzinfo=UTC), zone) == "Jul 1, 2026, 12:03 AM CDT"
    assert instant_text("2026-11-20T18:00:00Z", zone) == "Nov 20, 2026, 12:00 PM CST"
    assert instant_text(None, zone) is None
    assert day_text(date(2026, 2, 9)) == day_text("2026-02-09") == "Feb 9, 2026"


def test_alternatives_stand_together_where_the_first_of_them_stands():
    jobs = [{"id": str(number), "choiceId": choice} for number, choice in enumerate(["c", None, "c", None])]

    assert [[job["id"] for job in group] for group in group_alternatives(jobs)] == [["0", "2"], ["1"], ["3"]]


def test_a_hash_is_readable():
    assert spaced_hash("0123456789abcdef" * 4) == " ".join(["0123456789abcdef"] * 4)


def test_the_products_own_name_is_nobodys_brand():
    settings = Settings("test", "secret", "postgresql://x", brand_color="#123456")
    assert brand_of(settings).name is None
    assert brand_of(settings).color == "#123456"
    own = Settings("test", "s", "p", brand_name="Joe's", flags=FeatureFlags(brand_theming=False), brand_color="#123456")
    assert brand_of(own).name == "Joe's"
    assert brand_of(own).color == "#1d4ed8"
