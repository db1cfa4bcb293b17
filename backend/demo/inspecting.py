"""The rows of inspections: templates, checklists with what was found, photos, reports that were sent, what cars need."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.appointments.rules import Status
from backend.demo import checks, pictures
from backend.demo.checks import Check, Point
from backend.demo.randomness import seeded_id, stream
from backend.demo.shop import Place
from backend.demo.tables import Table
from backend.demo.visits import Visit
from backend.findings.rules import FOUND
from backend.inspections.rules import LIMITS, Result, completed_points
from backend.links.rules import DEFAULT_AGE, Purpose

# The shop asks for photos since so long; what was inspected before has none.
PHOTOS_SINCE = timedelta(days=2)
SENT_SHARE, OPENED_SHARE, MENDED_SHARE = 0.68, 0.8, 0.72


@dataclass(frozen=True, slots=True)
class _Template:
    """A template as the shop wrote it; `fit` is its kind of visit, ages and mileages."""

    name: str
    points: tuple[Point, ...]
    fit: tuple[str | None, int | None, int | None, int | None, int | None] = (None, None, None, None, None)


_BY_LABEL = {point.label: point for point in checks.MULTI_POINT}
_BRAKES = tuple(point for point in checks.MULTI_POINT if point.section == "Brakes")
TEMPLATES = (
    _Template(checks.MULTI_POINT_TITLE, checks.MULTI_POINT),
    _Template(checks.PICK_UP_TITLE, checks.PICK_UP, ("pick-up", None, None, None, None)),
    _Template(
        "Courtesy check, newer cars",
        tuple(
            _BY_LABEL[label]
            for label in (
                *("Tire tread, front axle", "Tire tread, rear axle", "Tire pressure incl. spare", "Lights and signals"),
                *("Wipers and washer", "Engine oil level and leaks", "Cabin and engine air filters"),
            )
        ),
        (None, None, 2, None, 30_000),
    ),
    _Template(
        "Brakes",
        (
            *_BRAKES,
            Point("Parking brake", "Brakes", "Needs adjusting", "Does not hold"),
            Point("Brake lines", "Brakes"),
        ),
        ("brakes", None, None, None, None),
    ),
    _Template(
        "Pre-purchase inspection",
        (
            *checks.MULTI_POINT,
            Point("Paint and body", "Outside", "Repainted panel", "Signs of an accident", needs_photo=True),
            Point("Rust", "Under the car", "Surface rust", "Rusted through", needs_photo=True),
            Point("Stored fault codes", "Electrical", "Old codes", "Active codes"),
            Point("Road test", None, "Pulls a little to one side", "Slips or vibrates"),
        ),
        ("pre-purchase", None, None, None, None),
    ),
)


def template_tables(places: list[Place], opened_at: datetime) -> tuple[Table, Table]:
    """Return the templates and their versions: photos are asked for since the second one."""
    templates = []
    versions = []
    for template in TEMPLATES:
        identity = seeded_id(opened_at, "inspection template", template.name)
        changed_at = _photos_since(places[0]) if _has_photos(template) else opened_at
        templates.append(
            (identity, template.name, *template.fit, 2 if _has_photos(template) else 1, opened_at, changed_at)
        )
        versions.append((_version_id(opened_at, template, 1), identity, 1, _points(template, photos=False), opened_at))
        if _has_photos(template):
            points = _points(template, photos=True)
            versions.append((_version_id(opened_at, template, 2), identity, 2, points, changed_at))
    return (
        Table(
            "inspection_templates",
            (
                *("id", "name", "visit_type", "from_age", "to_age", "from_mileage", "to_mileage", "version"),
                *("created_at", "updated_at"),
            ),
            templates,
        ),
        Table("inspection_template_versions", ("id", "template_id", "version_no", "points", "created_at"), versions),
    )


def _photos_since(place: Place) -> datetime:
    return place.now - PHOTOS_SINCE


def _has_photos(template: _Template) -> bool:
    return any(point.needs_photo for point in template.points)


def _version_id(opened_at: datetime, template: _Template, number: int) -> UUID:
    return seeded_id(opened_at, "inspection template version", template.name, number)


def _points(template: _Template, *, photos: bool) -> str:
    points = [
        {
            "section": point.section,
            "label": point.label,
            "help": point.help,
            "reading": None if point.unit is None else {"unit": point.unit, **_limits(point)},
            "needsPhoto": point.needs_photo and photos,
            "catalogId": None,
        }
        for point in template.points
    ]
    return json.dumps(completed_points(points), ensure_ascii=False)


def _limits(point: Point) -> dict[str, str | None]:
    attention, fail = point.below or (None, None)
    return {**dict.fromkeys(LIMITS), "failBelow": fail, "attentionBelow": attention}


def _key(template: _Template, index: int) -> str:
    key: str = json.loads(_points(template, photos=False))[index]["key"]
    return key


# Made once: there are thousands of checks.
_KEYS = {template.name: [_key(template, index) for index in range(len(template.points))] for template in TEMPLATES}
_BY_NAME = {template.name: template for template in TEMPLATES}


# --- checks -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Done:
    """A check of a visit with its row's id and when it was submitted, None while it is open."""

    visit: Visit
    check: Check
    order: int
    id: UUID
    submitted_at: datetime | None
    sent_at: datetime | None = None
    opened_at: datetime | None = None

    @property
    def asks_for_photos(self) -> bool:
        return self.check.at >= _photos_since(self.visit.place)

    def item_id(self, place: int) -> UUID:
        return seeded_id(self.check.at, "item", *self.visit.key, self.order, place)

    @property
    def link_id(self) -> UUID | None:
        """A link lasts two days; of an older report there is none any more."""
        if self.sent_at is None or self.sent_at < self.visit.place.now - timedelta(days=7):
            return None
        return seeded_id(self.sent_at, "report link", *self.visit.key, self.order)


def tables(
    visits: list[Visit],
    ids: dict[tuple[object, ...], UUID],
    numbers: dict[tuple[object, ...], int],
    opened_at: datetime,
) -> tuple[Table, ...]:
    """Return the links of reports, checklists, their items, the photos of new ones, and what the cars need."""
    done = [
        _send(_Done(visit, check, order, seeded_id(check.at, "checklist", *visit.key, order), _submitted(visit, check)))
        for visit in visits
        for order, check in enumerate(visit.checks)
    ]
    return (
        Table(
            "signed_links",
            (
                *("id", "purpose", "token_hash", "location_id", "appointment_id", "subject_id", "phone", "created_at"),
                *("created_by", "expires_at", "opened_at"),
            ),
            [row for one in done for row in _links(one, ids)],
        ),
        Table(
            "inspection_checklists",
            (
                *("id", "appointment_id", "template_version_id", "title", "status", "holder_id", "started_at"),
                *("submitted_at", "first_submitted_at", "submitted_by", "link_id", "sent_at"),
                *("created_at", "created_by", "updated_at"),
            ),
            [_checklist(one, ids, opened_at) for one in done],
        ),
        Table(
            "inspection_items",
            (
                *("id", "checklist_id", "sort_order", "point_key", "section", "label", "help", "unit", "limits"),
                *("needs_photo", "result", "followed_result", "reading", "note", "version", "updated_at", "updated_by"),
            ),
            [row for one in done for row in _items(one)],
        ),
        Table(
            "inspection_photos",
            (
                *("id", "item_id", "byte_count", "content_hash", "storage_key", "width", "height", "annotations"),
                *("created_at", "created_by", "stored_at"),
            ),
            [row for one in done for row in _photos(one)],
        ),
        _findings(done, numbers),
    )


def _submitted(visit: Visit, check: Check) -> datetime | None:
    """Return when a finished check was submitted: some twenty minutes for a big one, more where much was found."""
    if not check.is_done:
        return None
    found = sum(result in FOUND for _, result in check.items)
    at = check.at + timedelta(minutes=3 + len(check.items) + 2 * found)
    return at if at < visit.place.now - timedelta(minutes=2) else None


def _send(one: _Done) -> _Done:
    """Let the report go to the customer, mostly; the check before pick-up is the shop's own."""
    customer, random = one.visit.customer, stream("report", *one.visit.key)
    sent, opened = random.random() < SENT_SHARE, random.random() < OPENED_SHARE
    if (
        one.submitted_at is None
        or one.check.title != checks.MULTI_POINT_TITLE
        or customer is None
        or not customer.phone
    ):
        return one
    at = one.submitted_at + timedelta(minutes=5)
    if sent and at < one.visit.place.now:
        one.sent_at = at
        looked_at = at + timedelta(minutes=7)
        one.opened_at = looked_at if opened and looked_at < one.visit.place.now else None
    return one


def _links(one: _Done, ids: dict[tuple[object, ...], UUID]) -> Iterator[tuple[Any, ...]]:
    if one.link_id is None or one.sent_at is None or one.visit.customer is None:
        return
    # Of no token: nobody can open it.
    digest = hashlib.sha256(one.link_id.bytes).digest()
    about = (one.visit.place.id, ids[one.visit.key], one.id, one.visit.customer.phone)
    yield (
        *(one.link_id, Purpose.REPORT.value, digest, *about, one.sent_at),
        *(one.visit.booked_by.id, one.sent_at + DEFAULT_AGE, one.opened_at),
    )


def _checklist(one: _Done, ids: dict[tuple[object, ...], UUID], opened_at: datetime) -> tuple[Any, ...]:
    template, by = _BY_NAME[one.check.title], one.check.by.id
    number = 2 if one.asks_for_photos and _has_photos(template) else 1
    is_submitted = one.submitted_at is not None
    return (
        *(one.id, ids[one.visit.key], _version_id(opened_at, template, number), one.check.title),
        *("submitted" if is_submitted else "open", by, one.check.at, one.submitted_at, one.submitted_at),
        *(by if is_submitted else None, one.link_id, one.sent_at, one.check.at, by, one.submitted_at or one.check.at),
    )


def _items(one: _Done) -> Iterator[tuple[Any, ...]]:
    keys = _KEYS[one.check.title]
    for place, (point, result) in enumerate(one.check.items):
        limits = None if point.unit is None else json.dumps(_limits(point))
        said = result.value if result else None
        yield (
            *(one.item_id(place), one.id, place, keys[place], point.section, point.label, point.help),
            *(point.unit, limits, point.needs_photo and one.asks_for_photos),
            *(said, said if one.submitted_at is not None else None, point.reading(result), point.note(result)),
            *((1, None, None) if result is None else (2, one.check.at, one.check.by.id)),
        )


def _photos(one: _Done) -> Iterator[tuple[Any, ...]]:
    """Give what failed a photo, and what is worth one: since photos are asked for."""
    if not one.asks_for_photos:
        return
    for place, (point, result) in enumerate(one.check.items):
        if point.section is None or not (result is Result.FAIL or (result in FOUND and point.needs_photo)):
            continue
        item_id = one.item_id(place)
        picture = pictures.of(point.section)
        marks = json.dumps([{"kind": "circle", "x1": 0.36, "y1": 0.3, "x2": 0.66, "y2": 0.68}])
        yield (
            *(seeded_id(one.check.at, "photo", item_id), item_id, len(picture.source), picture.digest),
            *(pictures.storage_key(item_id), *picture.size, marks if result is Result.FAIL else None),
            *(one.check.at, one.check.by.id, one.check.at),
        )


# --- findings ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Finding:
    """What a car needs, as its checks saw it first and last."""

    opened: _Done
    label: str
    place: int
    severity: Result
    latest: _Done
    latest_place: int
    resolved_at: datetime | None = None
    resolution: str | None = None


def _findings(done: list[_Done], numbers: dict[tuple[object, ...], int]) -> Table:
    """Follow each car through its submitted checks: found, seen again, mended, passed."""
    by_car: dict[UUID, list[_Done]] = defaultdict(list)
    for one in done:
        if (
            one.visit.vehicle is not None
            and one.submitted_at is not None
            and one.check.title == checks.MULTI_POINT_TITLE
        ):
            by_car[one.visit.vehicle.id].append(one)
    rows = []
    for vehicle_id, inspections in by_car.items():
        known: dict[str, _Finding] = {}
        for one in sorted(inspections, key=lambda each: each.check.at):
            rows += [_finding_row(vehicle_id, finding) for finding in _seen(one, known, numbers[one.visit.key])]
        rows += [_finding_row(vehicle_id, finding) for finding in known.values()]
    return Table(
        "findings",
        (
            *("id", "vehicle_id", "location_id", "point_key", "label", "severity", "opened_item_id"),
            *("latest_item_id", "opened_at", "seen_at", "resolved_at", "resolution"),
        ),
        rows,
    )


def _seen(one: _Done, known: dict[str, _Finding], number: int) -> Iterator[_Finding]:
    """Let a check open and see again what it found; what it resolves is taken from `known` and returned."""
    assert one.submitted_at is not None
    day = one.visit.starts_at.astimezone(one.visit.place.hours.zone)
    when = f"#{number} on {day:%b} {day.day}, {day.year}"
    mended = stream("mended", *one.visit.key)
    for place, (point, result) in enumerate(one.check.items):
        key = _KEYS[one.check.title][place]
        if result is Result.PASS and key in known:
            finding = known.pop(key)
            finding.resolved_at, finding.resolution = one.submitted_at, f"Passed at {when}."
            yield finding
        if result is None or result not in FOUND:
            continue
        finding = known.setdefault(key, _Finding(one, point.label, place, result, one, place))
        finding.severity, finding.latest, finding.latest_place = result, one, place
        left_at = one.visit.check_out_at
        has_left = one.visit.status is Status.COMPLETED and left_at is not None and left_at > one.submitted_at
        if has_left and result is Result.FAIL and mended.random() < MENDED_SHARE:
            finding.resolved_at, finding.resolution = left_at, f"Repaired at {when}."
            yield known.pop(key)


def _finding_row(vehicle_id: UUID, finding: _Finding) -> tuple[Any, ...]:
    opened, latest = finding.opened, finding.latest
    return (
        seeded_id(opened.check.at, "finding", opened.item_id(finding.place)),
        *(vehicle_id, opened.visit.place.id, _KEYS[opened.check.title][finding.place], finding.label),
        *(finding.severity.value, opened.item_id(finding.place), latest.item_id(finding.latest_place)),
        *(opened.submitted_at, latest.submitted_at, finding.resolved_at, finding.resolution),
    )
