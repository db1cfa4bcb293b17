"""What the catalogue looks like on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import fields, post_load, validate

from backend.catalog.rules import CannedLine, LineKind, Rate, TaxClass
from backend.core.fields import NOTE, SHORT, Cents, Exact, Flag, PageQuery, Schema, Text, Version

NAME = 120
MOST_LINES = 50
_KIND = validate.OneOf([kind.value for kind in LineKind])
_TAX_CLASS = validate.OneOf([tax_class.value for tax_class in TaxClass])
_DURATION = validate.Range(min=5, max=2880)


# --- requests ---------------------------------------------------------------------------------


class CatalogQuery(PageQuery):
    """Which canned jobs to list: of `q` every word must stand in the name or category. `all` lists those switched off too."""

    location_id = fields.UUID(load_default=None)
    q = Text(most=100, load_default=None, allow_none=True)
    category = Text(most=SHORT, load_default=None, allow_none=True)
    with_inactive = fields.Boolean(load_default=False, data_key="all")


class CannedLineInput(Schema):
    """A line of a canned job; labor without `unitPriceCents` costs the location's rate (`laborRate`, else the default)."""

    kind = fields.String(required=True, validate=_KIND)
    name = Text(most=NAME, required=True)
    tax_class = fields.String(required=True, validate=_TAX_CLASS)
    hours = Exact(places=2, most=999, allow_none=True, load_default=None)
    is_flat = Flag(load_default=False)
    quantity = Exact(places=3, most=99_999, least=Decimal("0.001"), load_default=Decimal(1), dump_default="1")
    unit_price_cents = Cents(allow_none=True, load_default=None)
    unit_cost_cents = Cents(allow_none=True, load_default=None)
    labor_rate = Text(most=SHORT, allow_none=True, load_default=None)

    @post_load
    def _make(self, values: dict[str, Any], **_: object) -> CannedLine:
        return CannedLine(**{**values, "kind": LineKind(values["kind"]), "tax_class": TaxClass(values["tax_class"])})


class CatalogCreate(Schema):
    """A new canned job; of every location without `locationId`."""

    location_id = fields.UUID(load_default=None, allow_none=True)
    name = Text(most=NAME, required=True)
    category = Text(most=SHORT, required=True)
    description = Text(most=NOTE, load_default=None, allow_none=True)
    duration_minutes = fields.Integer(required=True, strict=True, validate=_DURATION)
    is_online = Flag(load_default=False)
    is_active = Flag(load_default=True)
    lines = fields.List(fields.Nested(CannedLineInput), required=True, validate=validate.Length(min=1, max=MOST_LINES))


class CatalogChange(Schema):
    """What to change; fields that are not named stay, `lines` are replaced as a whole. `version` is the one you read."""

    name = Text(most=NAME)
    category = Text(most=SHORT)
    description = Text(most=NOTE, allow_none=True)
    duration_minutes = fields.Integer(strict=True, validate=_DURATION)
    is_online = Flag()
    is_active = Flag()
    lines = fields.List(fields.Nested(CannedLineInput), validate=validate.Length(min=1, max=MOST_LINES))
    version = Version()


class RateInput(Schema):
    """A row of the labor rate matrix: what an hour costs for labor of at least `fromHours`."""

    name = Text(most=SHORT, required=True)
    from_hours = Exact(places=2, most=999, load_default=Decimal(0))
    hour_cents = Cents(required=True)
    is_default = Flag(load_default=False)

    @post_load
    def _make(self, values: dict[str, Any], **_: object) -> Rate:
        return Rate(**values)


class TaxInput(Schema):
    """What a tax class takes, in hundredths of a percent as text: "887.5" is 8.875 %. A class that is left out is not taxed."""

    labor = Exact(places=3, most=10_000)
    parts = Exact(places=3, most=10_000)
    fees = Exact(places=3, most=10_000)


class RatesQuery(Schema):
    """Whose rates."""

    location_id = fields.UUID(load_default=None)


class RatesChange(Schema):
    """The matrix, the tax rates, or both: each is replaced as a whole. `version` is the one you read."""

    location_id = fields.UUID(load_default=None, allow_none=True)
    labor_rates = fields.List(fields.Nested(RateInput), validate=validate.Length(max=100))
    tax_rates = fields.Nested(TaxInput)
    version = Version()


# --- answers ----------------------------------------------------------------------------------


class CannedLineSchema(Schema):
    """A line of a canned job; hours and quantity as text."""

    kind = fields.String(required=True, validate=_KIND)
    name = fields.String(required=True)
    tax_class = fields.String(required=True, validate=_TAX_CLASS)
    hours = fields.String(required=True, allow_none=True)
    is_flat = fields.Boolean(required=True)
    quantity = fields.String(required=True)
    unit_price_cents = fields.Integer(required=True, allow_none=True)
    unit_cost_cents = fields.Integer(required=True, allow_none=True)
    labor_rate = fields.String(required=True, allow_none=True)


class CatalogJobSchema(Schema):
    """A canned job; `locationId` null is of every location. `priceCents` is before tax at the location asked for."""

    id = fields.UUID(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    category = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    duration_minutes = fields.Integer(required=True)
    is_online = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    lines = fields.List(fields.Nested(CannedLineSchema), required=True)
    price_cents = fields.Integer(allow_none=True)


class CatalogPage(Schema):
    """A page of canned jobs, by name."""

    items = fields.List(fields.Nested(CatalogJobSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RateSchema(Schema):
    """A row of the matrix."""

    name = fields.String(required=True)
    from_hours = fields.String(required=True)
    hour_cents = fields.Integer(required=True)
    is_default = fields.Boolean(required=True)


class RatesSchema(Schema):
    """A location's rates; `taxRates` by class in hundredths of a percent, as text."""

    location_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    labor_rates = fields.List(fields.Nested(RateSchema), required=True)
    tax_rates = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
