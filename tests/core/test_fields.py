from decimal import Decimal

import marshmallow as ma
import orjson
import pytest

from backend.core.fields import Cents, Exact, Schema


class _Priced(Schema):
    price_cents = Cents()
    hours = Exact(places=2, most=999)


def _refusal(body):
    with pytest.raises(ma.ValidationError) as refused:
        _Priced().load(body)
    return refused.value.normalized_messages()


@pytest.mark.parametrize("amount", [0, 1, 1250, 1_000_000_00])
def test_cents_are_whole_numbers(amount):
    assert _Priced().load({"priceCents": amount}) == {"price_cents": amount}


@pytest.mark.parametrize(
    "written", ["12.0", "12.5", "1e3", "1E2", "-0.0", "true", "false", '"12"', '"١٢"', '"1_000"', '"NaN"', "[12]", "{}"]
)
def test_what_only_looks_like_cents_is_refused_in_words(written):
    assert _refusal({"priceCents": orjson.loads(written)}) == {
        "priceCents": ["Use a whole number of cents, such as 1250 for 12.50."]
    }


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (-1, "An amount can't be negative."),
        (1_000_000_01, "Use at most 100000000 cents (1,000,000 in full)."),
        (2**80, "Use at most 100000000 cents (1,000,000 in full)."),
        (None, "Field may not be null."),
    ],
)
def test_negative_and_huge_amounts_are_refused_in_words(amount, said):
    assert _refusal({"priceCents": amount}) == {"priceCents": [said]}


@pytest.mark.parametrize(("written", "read"), [("1.5", "1.5"), ("0", "0"), ("999", "999"), ("0.25", "0.25")])
def test_hours_come_as_text_and_stay_exact(written, read):
    loaded = _Priced().load({"hours": written})

    assert loaded == {"hours": Decimal(read)}
    assert _Priced().dump(loaded) == {"hours": read}


@pytest.mark.parametrize(
    "written", [1.5, 2, True, "1.555", "1e2", "NaN", "-1", "\u0661", "1,5", "", " 1", "1000", "999.01"]
)
def test_other_hours_are_refused(written):
    assert "hours" in _refusal({"hours": written})
