"""The demo shop of an instant, as rows by table."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from backend.demo.rows import build_tables

NEW_YORK = ZoneInfo("America/New_York")
PHOENIX = ZoneInfo("America/Phoenix")

Row = dict[str, Any]


def at(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    """Return the instant at which the zone's clock shows that."""
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)


@lru_cache(maxsize=3)
def shop_at(now: datetime) -> dict[str, list[Row]]:
    """Return the tables' rows."""
    tables = build_tables(now, lambda: "hash")
    return {table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in tables}


def zones(shop: dict[str, list[Row]]) -> dict[Any, ZoneInfo]:
    """Return each location's time zone by its id."""
    return {location["id"]: ZoneInfo(location["timezone"]) for location in shop["locations"]}
