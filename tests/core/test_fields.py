from decimal import Decimal

import marshmallow as ma
import orjson
import pytest

from backend.core.fields import Cents, Day, Exact, Instant, Schema


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
        (None, "Please fill this in."),
    ],
)
def test_negative_and_huge_amounts_are_refused_in_words(amount, said):
    assert _refusal({"priceCents": amount}) == {"priceCents": [said]}


@pytest.mark.parametrize("amount", [0, -5])
def test_where_nothing_is_too_little_the_refusal_says_so(amount):
    with pytest.raises(ma.ValidationError, match=r"Use an amount above zero\."):
        Cents(least=1).deserialize(amount)


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


class _Spoken(Schema):
    name = ma.fields.String(required=True, validate=ma.validate.Length(max=3))
    owner_id = ma.fields.UUID()
    count = ma.fields.Integer(strict=True, validate=ma.validate.Range(min=1, max=9))
    at_least = ma.fields.Integer(validate=ma.validate.Range(min=1))
    kind = ma.fields.String(validate=ma.validate.OneOf(["cash", "card"]))
    tags = ma.fields.List(ma.fields.String(validate=ma.validate.Length(equal=2)), validate=ma.validate.Length(1, 2))
    inner = ma.fields.Nested(_Priced)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, {"name": ["Please fill this in."]}),
        ({"name": 1}, {"name": ["Use text."]}),
        ({"name": "long"}, {"name": ["Use at most 3 characters."]}),
        ({"ownerId": "x"}, {"ownerId": ["Use an id like 0198c000-0000-7000-8000-000000000000."]}),
        ({"count": "many"}, {"count": ["Use a whole number."]}),
        ({"count": 10}, {"count": ["Use 1 to 9."]}),
        ({"atLeast": 0}, {"atLeast": ["Use at least 1."]}),
        ({"kind": "shells"}, {"kind": ["Use one of: cash, card."]}),
        ({"tags": "ab"}, {"tags": ["Use a list."]}),
        ({"tags": []}, {"tags": ["Use 1 to 2 entries."]}),
        ({"tags": ["a"]}, {"tags": {0: ["Use exactly 2 characters."]}}),
        ({"inner": 1}, {"inner": {"_schema": ["Use an object."]}}),
        ({"inner": {"extra": 1}}, {"inner": {"extra": ["Take this out: there is no such field here."]}}),
    ],
)
def test_every_refusal_says_what_to_do(body, said):
    with pytest.raises(ma.ValidationError) as refused:
        _Spoken().load({"name": "abc", **body} if body else body)
    assert refused.value.normalized_messages() == said


@pytest.mark.parametrize(
    ("kind", "written", "said"),
    [
        (Instant, "2026-13-45T10:00", "Use a date and time that exist, like 2026-11-20T14:30:00Z."),
        (Day, "2026-02-30", "Use a date that exists, like 2026-11-20."),
    ],
)
def test_days_that_do_not_exist_are_refused_in_words(kind, written, said):
    with pytest.raises(ma.ValidationError) as refused:
        Schema.from_dict({"at": kind()})().load({"at": written})
    assert refused.value.normalized_messages() == {"at": [said]}
