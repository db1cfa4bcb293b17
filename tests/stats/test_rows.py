"""The rows of a figure add up to it, always: random pasts, random days, places and technicians."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import psycopg
from sqlalchemy import text

from backend.appointments.rules import Status
from backend.audit.rules import first_id
from backend.core import db
from backend.invoices.models import Invoice
from backend.services.rules import Approval
from backend.stats import commands, queries
from backend.stats.rules import FORMULAS, Span
from tests.factories.appointments import make_appointment
from tests.factories.inspections import make_checklist, make_inspection_template, make_photo
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle
from tests.stats.conftest import (
    DAYS,
    FIRST,
    add_version,
    log_status,
    make_estimate,
    make_invoice,
    make_technician,
    reverse,
)

SEEDS, SPANS = 3, 12
FIRST_AT = datetime(2026, 3, 1, tzinfo=UTC)


def _spans(random, past):
    for _ in range(SPANS):
        first = FIRST + timedelta(days=random.randrange(-3, DAYS))
        last = first + timedelta(days=random.choice([0, 0, 6, 30, 90]))
        tech_id = random.choice([None, None, *(person.id for person in past.technicians)])
        yield Span(random.choice(past.places).id, first, last, tech_id)


def _all_rows(formula, span, limit):
    rows, after = [], None
    while True:
        page = queries.read_rows(formula, span, after=after, limit=limit)
        rows += page.rows
        if len(page.rows) < limit:
            return page.sums, rows
        last = page.rows[-1]
        after = (last.day, last.id, last.kind)


def test_the_rows_add_up_to_the_tile(session, make_past):
    compared = 0
    for seed in range(SEEDS):
        random = Random(seed)
        past = make_past(seed)
        session.commit()
        for span in _spans(random, past):
            figures = queries.read_figures(span, with_money=True)
            for key, formula in FORMULAS.items():
                # Three rows at a time over a quarter of a year are hundreds of pages like the first.
                is_short = span.last_day - span.first_day < timedelta(days=7)
                sums, rows = _all_rows(formula, span, random.choice([3, 50]) if is_short else 50)
                weights = [row.weight for row in rows if row.weight is not None]
                added = queries.Sums(len(rows), sum(row.value for row in rows), sum(weights) if weights else None)
                assert added == sums == figures.sums[key], (seed, span, key)
                assert len({(row.day, row.id, row.kind) for row in rows}) == len(rows), key
                assert all(span.first_day <= row.day <= span.last_day for row in rows if formula.compares), key
                compared += sums.count
            by_day = figures.by_day.get("revenueByDay", [])
            assert sum(sums.value for _, sums in by_day) == figures.sums["revenue"].value
            by_tech = figures.by_technician.get("hoursByTechnician", [])
            assert sum(sums.value for _, _, sums in by_tech) == figures.sums["techHours"].value
    assert compared > 1000, "the pasts are not empty"


def test_days_add_up_to_their_range(session, make_past):
    past = make_past(77)
    session.commit()
    place = past.places[0].id
    whole = queries.read_figures(Span(place, FIRST, FIRST + timedelta(days=29)), with_money=True)
    days = [
        queries.read_figures(Span(place, day, day), with_money=True)
        for day in (FIRST + timedelta(days=n) for n in range(30))
    ]

    for key, formula in FORMULAS.items():
        if formula.compares:
            assert sum(day.sums[key].value for day in days) == whole.sums[key].value, key


def test_revenue_is_what_was_posted_less_what_was_taken_back(session):
    location = make_location(session)
    visit = make_appointment(session, location)
    version = make_invoice(session, visit, 1, issued_on=date(2026, 9, 30), net_cents=41_280, tax_cents=3_500)
    reverse(session, version, date(2026, 10, 1))
    add_version(session, session.get(Invoice, version.invoice_id), 2, issued_on=date(2026, 10, 2), net_cents=50_000)
    session.commit()

    def figures(first: date, last: date):
        return queries.read_figures(Span(location.id, first, last), with_money=True).sums

    september = figures(date(2026, 9, 1), date(2026, 9, 30))
    october = figures(date(2026, 10, 1), date(2026, 10, 31))
    assert (september["revenue"].value, september["carCount"].value) == (41_280, 1)
    assert (october["revenue"].value, october["carCount"].value) == (8_720, 0)
    assert FORMULAS["averageRepairOrder"].compute(41_280, 1) == 41_280
    assert FORMULAS["averageRepairOrder"].compute(8_720, 0) is None


def test_cycle_time_is_all_the_stays_of_a_car_that_left(session):
    location = make_location(session)
    visit = make_appointment(session, location, status=Status.COMPLETED)
    at = visit.starts_at
    steps = [
        (None, Status.SCHEDULED, -3600),
        (Status.SCHEDULED, Status.IN_PROGRESS, 0),
        (Status.IN_PROGRESS, Status.READY, 600),
        (Status.READY, Status.IN_PROGRESS, 700),
        (Status.IN_PROGRESS, Status.READY, 1000),
        (Status.READY, Status.COMPLETED, 2000),
    ]
    for before, after, seconds in steps:
        log_status(session, visit, before, after, at + timedelta(seconds=seconds))
    visit.check_in_at, visit.check_out_at = at, at + timedelta(seconds=2000)
    session.flush()
    commands.fill_spans(session, [visit.id])
    session.commit()

    sums = queries.read_figures(Span(location.id, visit.day, visit.day), with_money=True).sums

    assert (sums["cycleScheduled"].value, sums["cycleInProgress"].value, sums["cycleReady"].value) == (3600, 900, 1100)
    assert sums["cycleReady"].weight == 1


def test_hours_are_available_on_days_with_work(session):
    location = make_location(session)
    ana, ben = make_technician(session, location, "Ana"), make_technician(session, location, "Ben")
    visit = make_appointment(session, location, tech_id=ana.id)
    session.commit()

    figures = queries.read_figures(Span(location.id, visit.day, visit.day + timedelta(days=1)), with_money=True)

    people = [(name, sums.value, sums.weight) for _, name, sums in figures.by_technician["hoursByTechnician"]]
    assert people == [("Ana", 60, 600), ("Ben", 0, 600)]
    sums = figures.sums["techHours"]
    assert FORMULAS["techHours"].compute(sums.value, sums.weight) == 500
    assert ben.id


def test_only_work_that_names_its_origin_and_was_approved_is_recovered(session):
    location = make_location(session)
    visit = make_appointment(session, location)
    jobs = [make_job(session, visit, approval=Approval.DECLINED, decline_reason="Later") for _ in range(3)]
    for job in jobs:
        job.decided_at = visit.starts_at
    make_job(session, visit, approval=Approval.APPROVED, revived_from_id=jobs[0].id)
    make_job(session, visit, approval=Approval.PENDING, revived_from_id=jobs[1].id)
    make_job(session, visit, approval=Approval.APPROVED)
    session.commit()

    sums = queries.read_figures(Span(location.id, visit.day, visit.day), with_money=True).sums["recovery"]

    assert (sums.value, sums.weight) == (1, 3)
    assert FORMULAS["recovery"].compute(sums.value, sums.weight) == 3333


def test_halves_are_rounded_away_from_zero():
    average = FORMULAS["averageRepairOrder"]

    assert [average.compute(*pair) for pair in ((5, 2), (-5, 2), (5, -2), (4, 3), (0, 7), (7, None))] == [
        3,
        -3,
        -3,
        1,
        0,
        None,
    ]


def test_a_span_before_has_as_many_days():
    span = Span(first_id(FIRST_AT), date(2026, 3, 1), date(2026, 3, 31))

    assert (span.before().first_day, span.before().last_day) == (date(2026, 1, 29), date(2026, 2, 28))


def test_figures_read_no_other_days(session, make_past):
    """Each scan of what grows goes by an index; none reads the table."""
    past = make_past(5, visits=40)
    session.commit()
    session.execute(text("SET LOCAL enable_seqscan = off"))
    for by_tech in (False, True):
        span = Span(past.places[0].id, FIRST, FIRST, past.technicians[0].id if by_tech else None)
        bound = queries._FIGURES[True, by_tech]
        for name, value in queries._values(span).items():
            bound = bound.replace(f"%({name})s", f"'{value}'")
        plan = "\n".join(session.scalars(text(f"EXPLAIN {bound}".replace(":", r"\:"))))
        for table in (
            "appointments",
            "invoice_versions",
            "invoice_reversals",
            "invoices",
            "status_spans",
            "estimates",
            "appointment_jobs",
            "appointment_services",
            "inspection_checklists",
        ):
            assert f"Seq Scan on {table} " not in plan, (table, plan)


def test_each_table_is_read_in_one_walk(session, make_past):
    """However many visits, jobs, lines, points a span has: none of them is looked up by itself."""
    past = make_past(11)
    session.commit()
    text, names = db._numbered(queries._FIGURES[True, False])
    values = {**queries._values(Span(past.places[0].id, FIRST, FIRST + timedelta(days=DAYS)))}
    driver = session.connection().connection.driver_connection
    with psycopg.RawCursor(driver) as cursor:
        plan = cursor.execute(b"EXPLAIN (ANALYZE, FORMAT JSON) " + text, [values[name] for name in names]).fetchone()[0]

    def scans(node):
        yield from ((node["Relation Name"], node["Actual Loops"]) for _ in range("Relation Name" in node))
        for child in node.get("Plans", ()):
            yield from scans(child)

    again = {(table, loops) for table, loops in scans(plan[0]["Plan"]) if loops > 1}
    # A shop has a few technicians.
    assert {table for table, _ in again} <= {"users", "user_locations"}, again


def test_inspections_are_counted_by_when_they_were_submitted(session):
    location = make_location(session)
    visit = make_appointment(session, location)
    submitted = visit.starts_at + timedelta(hours=1)
    done = {"status": "submitted", "submitted_at": submitted}
    _, items = make_checklist(session, visit, started_at=submitted - timedelta(minutes=20), sent_at=submitted, **done)
    make_checklist(session, visit, started_at=submitted - timedelta(minutes=10), **done)
    make_checklist(session, visit)
    for _ in range(3):
        make_photo(session, items[0], stored_at=submitted)
    make_photo(session, items[0])
    session.commit()

    sums = queries.read_figures(Span(location.id, visit.day, visit.day), with_money=True).sums

    def figure(key):
        return FORMULAS[key].compute(sums[key].value, sums[key].weight)

    assert (figure("inspectionPhotos"), figure("inspectionTime")) == (15, 900)


def test_inspections_sent_are_measured_against_the_visits_that_one_is_for(session):
    location, elsewhere = make_location(session), make_location(session)
    make_inspection_template(session, name="Brakes", visit_type="Brakes", location_id=location.id)
    make_inspection_template(session, name="Old cars", from_age=10, location_id=location.id)
    make_inspection_template(session, name="High mileage", from_mileage=100_000, location_id=location.id)
    make_inspection_template(session, name="Off", is_active=False, location_id=location.id)
    make_inspection_template(session, name="Elsewhere", location_id=elsewhere.id)
    day = make_appointment(session, location).day

    def visit(**overrides):
        came = {"status": Status.IN_PROGRESS, "check_in_at": datetime.combine(day, time(14), tzinfo=UTC)}
        car = {name: overrides.pop(name) for name in ("year", "mileage") if name in overrides}
        vehicle = make_vehicle(session, **({"year": None, "mileage": None} | car))
        return make_appointment(session, location, vehicle_id=vehicle.id, **(came | overrides))

    sent = visit(visit_type="brakes")
    make_checklist(session, sent, sent_at=sent.starts_at)
    make_checklist(session, sent)
    old = visit(year=day.year - 10)
    driven = visit(mileage=100_000)
    make_checklist(session, driven)
    begun = visit()
    make_checklist(session, begun)
    for _ in range(2):
        visit(year=day.year - 9, mileage=99_999)
    visit(visit_type="Brakes", status=Status.CANCELED)
    visit(visit_type="Brakes", status=Status.SCHEDULED, check_in_at=None)
    session.commit()

    page = queries.read_rows(FORMULAS["inspectionsSent"], Span(location.id, day, day), after=None, limit=50)

    assert {(row.appointment_id, row.kind, row.value, row.weight) for row in page.rows} == {
        (sent.id, "sent", 1, 1),
        (old.id, "not_inspected", 0, 1),
        (driven.id, "not_sent", 0, 1),
        (begun.id, "not_sent", 0, 1),
    }
    assert FORMULAS["inspectionsSent"].compute(page.sums.value, page.sums.weight) == 2500


def test_margin_is_revenue_less_what_is_known_of_its_cost(session):
    place = make_location(session, timezone="UTC")
    visit = make_appointment(session, place)
    make_job(
        session,
        visit,
        lines=[
            {"unit_price_cents": 100_00, "unit_cost_cents": 40_00, "quantity": 2},
            {"unit_price_cents": 50_00, "unit_cost_cents": None},
            {"kind": "labor", "hours": Decimal("1.5"), "unit_price_cents": 100_00, "unit_cost_cents": 30_00},
            {"kind": "fee", "unit_price_cents": 10_00},
        ],
    )
    make_job(session, visit, approval=Approval.DECLINED, lines=[{"unit_cost_cents": 900_00}, {"unit_cost_cents": None}])
    first = make_invoice(session, visit, 1, issued_on=FIRST, net_cents=410_00)
    session.commit()
    margin, missing = FORMULAS["margin"], FORMULAS["uncostedLines"]
    span = Span(place.id, FIRST, FIRST)

    sums = queries.read_figures(span, with_money=True).sums
    assert sums["margin"] == queries.Sums(1, 410_00 - 80_00 - 45_00, 410_00)
    assert margin.compute(sums["margin"].value, sums["margin"].weight) == 6951
    assert (sums["uncostedLines"].value, missing.is_quotient) == (1, False)
    assert "margin" not in queries.read_figures(span, with_money=False).sums

    reverse(session, first, FIRST)
    session.commit()
    taken_back = queries.read_figures(span, with_money=True).sums
    assert (taken_back["margin"].value, taken_back["margin"].weight, taken_back["uncostedLines"].value) == (0, 0, 0)


def test_labor_rate_is_labor_by_hours_sold(session):
    place = make_location(session, timezone="UTC")
    visits = [make_appointment(session, place, starts_at=FIRST_AT + timedelta(days=n)) for n in range(3)]
    versions = [
        make_invoice(session, visit, n + 1, issued_on=FIRST, net_cents=240_00) for n, visit in enumerate(visits)
    ]
    reverse(session, versions[0], FIRST + timedelta(days=1))
    session.commit()

    def sums(day):
        return queries.read_figures(Span(place.id, day, day), with_money=True).sums["laborRate"]

    rate = FORMULAS["laborRate"]
    assert sums(FIRST) == queries.Sums(3, 360_00, 6 * 3600)
    assert rate.compute(360_00, 6 * 3600) == 60_00
    taken_back = sums(FIRST + timedelta(days=1))
    assert taken_back == queries.Sums(1, -120_00, -2 * 3600)
    assert rate.compute(taken_back.value, taken_back.weight) == 60_00


def test_close_ratio_is_what_is_approved_of_what_was_offered_first(session):
    place = make_location(session, timezone="UTC")
    shown, never = (make_appointment(session, place, starts_at=FIRST_AT + timedelta(days=n)) for n in range(2))
    for approval, cents in ((Approval.APPROVED, 300_00), (Approval.PENDING, 50_00), (Approval.DECLINED, 150_00)):
        make_job(
            session,
            shown,
            approval=approval,
            decline_reason="Later",
            created_at=FIRST_AT,
            lines=[{"unit_price_cents": cents}],
        )
    # Written down after it was shown: offered to nobody yet.
    make_job(session, shown, created_at=FIRST_AT + timedelta(days=2), lines=[{"unit_price_cents": 70_00}])
    make_job(session, never, approval=Approval.APPROVED, lines=[{"unit_price_cents": 999_00}])
    make_estimate(session, shown, 1, FIRST_AT)
    make_estimate(session, shown, 2, FIRST_AT + timedelta(days=1))
    session.commit()

    def sums(day):
        return queries.read_figures(Span(place.id, day, day), with_money=True).sums["closeRatio"]

    assert sums(FIRST) == queries.Sums(3, 300_00, 500_00)
    assert FORMULAS["closeRatio"].compute(300_00, 500_00) == 6000
    assert sums(FIRST + timedelta(days=1)) == queries.Sums(0, 0, None), "what was shown again counts once"


def test_several_locations_rows_come_in_one_order_and_add_up(session, make_past):
    past = make_past(5)
    session.commit()
    spans = [Span(place.id, FIRST, FIRST + timedelta(days=DAYS)) for place in past.places]
    for key, formula in FORMULAS.items():
        alone = [queries.read_figures(span, with_money=True).sums[key] for span in spans]
        rows, after = [], None
        while True:
            page = queries.read_rows_of(formula, spans, after=after, limit=3)
            rows += page.rows
            if len(page.rows) < 3:
                break
            after = (page.rows[-1].day, page.rows[-1].id, page.rows[-1].kind)
        assert page.sums.count == len(rows) == sum(one.count for one in alone), key
        assert page.sums.value == sum(row.value for row in rows) == sum(one.value for one in alone), key
        assert rows == sorted(rows, key=lambda row: (row.day, row.id, row.kind), reverse=True), key
