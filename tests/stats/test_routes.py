"""Numbers over HTTP: who may see them, what they are called, that they are fresh after each change."""

import csv
import io
import re
import threading
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import TITLES, Status
from backend.audit.models import AuditLog
from backend.core.clock import local_day, utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.exports.models import ExportRun
from backend.stats import commands, queries, tasks
from backend.stats.models import StatusSpan
from backend.stats.queries import KIND_WORDS
from backend.stats.rules import FORMULAS, NextAction, next_action
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.inspections import make_checklist
from tests.factories.shop import make_location
from tests.stats.conftest import log_status, make_invoice, reverse
from tools.paths import ROOT

STATS, CARS = "/api/admin/dashboard/stats", "/api/admin/cars-on-premises"


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn", timezone="UTC")


@pytest.fixture
def card(session, location):
    """Return a job of today."""
    return make_appointment(session, location, starts_at=utc_now(), total_cents=12_500)


def _figure(stats, key):
    return next(figure for figure in stats["figures"] if figure["formula"]["key"] == key)


def test_the_names_are_the_product_pages(as_role, card):
    stats = as_role("Owner").get(STATS).get_json()

    assert {key: stats[key] for key in ("jobsToday", "carsOnPremises", "scheduled", "inProgress")} == {
        "jobsToday": 1,
        "carsOnPremises": 0,
        "scheduled": 1,
        "inProgress": 0,
    }
    assert {stats[key] for key in ("ready", "completed", "noShow", "unpaidTotal")} == {0}
    assert [figure["formula"]["key"] for figure in stats["figures"]] == list(FORMULAS)
    assert stats["computedAt"].endswith("Z")
    assert stats["location"]["currency"] == "USD"
    versions = {figure["formula"]["key"]: figure["formula"]["version"] for figure in stats["figures"]}
    assert versions == dict.fromkeys(FORMULAS, 1) | {"inspectionsSent": 2}
    assert all(figure["formula"]["words"] for figure in stats["figures"])


def test_a_technician_sees_no_numbers(as_role, card):
    tech = as_role("Tech")

    assert tech.get(STATS).status_code == 403
    assert tech.get(f"{STATS}/jobsToday/rows").status_code == 403
    assert "Cents" not in tech.get(CARS).text


@pytest.mark.parametrize("role", ["Owner", "Advisor", "Accountant"])
def test_who_sees_reports_sees_money(as_role, session, card, role):
    today = local_day(utc_now(), ZoneInfo("UTC"))
    make_invoice(session, card, 1042, issued_on=today, net_cents=40_000, tax_cents=1_000)

    stats = as_role(role).get(STATS).get_json()

    assert _figure(stats, "revenue")["value"] == 40_000
    assert _figure(stats, "averageRepairOrder") | {"formula": 0, "previous": 0} == {
        "value": 40_000,
        "numerator": 40_000,
        "denominator": 1,
        "count": 1,
        "formula": 0,
        "previous": 0,
    }
    assert stats["revenueByDay"] == [{"day": str(today), "cents": 40_000}]


def test_the_rows_say_what_the_tile_says(as_role, session, location, card):
    for number in range(4):
        make_appointment(session, location, starts_at=utc_now() + timedelta(minutes=number))
    owner = as_role("Owner")
    tile = owner.get(STATS).get_json()["jobsToday"]

    pages, cursor = [], ""
    while cursor is not None:
        answer = owner.get(f"{STATS}/jobsToday/rows?limit=2{cursor and f'&cursor={cursor}'}").get_json()
        pages.append(answer)
        cursor = answer["nextCursor"]

    items = [item for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert sum(item["value"] for item in items) == pages[0]["figure"]["value"] == tile == 5
    assert len({item["id"] for item in items}) == 5


def test_a_changed_job_changes_the_numbers_at_once(as_role, card):
    owner = as_role("Owner")
    assert owner.get(STATS).get_json()["scheduled"] == 1

    moved = owner.patch(f"/api/admin/appointments/{card.id}/move", json={"status": "IN_PROGRESS", "position": 1})

    assert moved.status_code == 200
    stats = owner.get(STATS).get_json()
    assert (stats["scheduled"], stats["inProgress"], stats["carsOnPremises"]) == (0, 1, 1)


def test_a_report_that_goes_out_changes_tile_and_rows_at_once(as_role, session, location, card):
    card.status, card.check_in_at = Status.IN_PROGRESS, card.starts_at
    checklist, _ = make_checklist(session, card, status="submitted", submitted_at=utc_now())
    session.commit()
    owner = as_role("Owner")
    assert _figure(owner.get(STATS).get_json(), "inspectionsSent")["numerator"] == 0

    sent = owner.post(
        f"/api/checklists/{checklist.id}/report", json={"how": "link"}, headers={"Idempotency-Key": str(new_id())}
    )

    assert sent.status_code in {200, 201}, sent.get_json()
    rows = owner.get(f"{STATS}/inspectionsSent/rows").get_json()
    tile = _figure(owner.get(STATS).get_json(), "inspectionsSent")
    assert tile["numerator"] == sum(row["value"] for row in rows["items"]) == 1


def test_the_numbers_come_from_redis_until_something_changes(as_role, session, location, card, monkeypatch):
    owner, advisor = as_role("Owner"), as_role("Advisor")
    first = owner.get(STATS)
    monkeypatch.setattr(queries, "read_figures", lambda *_, **__: pytest.fail("computed again"))

    again = advisor.get(STATS)

    assert again.data == first.data
    assert owner.get(STATS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_role_that_was_taken_away_gets_nothing_from_the_cache(as_role, session, card):
    advisor = as_role("Advisor")
    assert advisor.get(STATS).status_code == 200

    session.execute(update(User).where(User.id == advisor.user.id).values(role="Tech"))

    assert advisor.get(STATS).status_code == 403


def test_another_location_is_not_there(as_role, session, location, card):
    elsewhere = as_role("Owner", [make_location(session, name="Mesa")])

    assert elsewhere.get(f"{STATS}?locationId={location.id}").status_code == 404
    assert elsewhere.get(f"{STATS}/revenue/rows?locationId={location.id}").status_code == 404
    assert elsewhere.get(f"{CARS}?locationId={location.id}").status_code == 404
    assert elsewhere.get(CARS).get_json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("from=2025-01-01&to=2026-11-01", "to"),
        ("to=2026-11-01", "from"),
        ("from=yesterday", "from"),
        ("techId=me", "techId"),
    ],
)
def test_days_that_are_no_range_are_refused(as_role, card, query, field):
    answer = as_role("Owner").get(f"{STATS}?{query}")

    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


def test_an_unknown_figure_is_not_there(as_role, card):
    assert as_role("Owner").get(f"{STATS}/luck/rows").status_code == 404


def test_the_days_before_are_as_many(as_role, session, location):
    for day in (date(2026, 3, 10), date(2026, 3, 3)):
        make_appointment(session, location, day=day)

    stats = as_role("Owner").get(f"{STATS}?from=2026-03-08&to=2026-03-14").get_json()

    figure = _figure(stats, "jobsToday")
    assert (figure["value"], figure["previous"]["value"]) == (1, 1)
    assert _figure(stats, "carsOnPremises")["previous"] is None


# --- cars on the premises ---------------------------------------------------------------------


def test_stuck_cars_come_by_lateness_times_money(as_role, session, location):
    now = utc_now()

    def here(hours_late: float, cents: int, **overrides):
        return make_appointment(
            session,
            location,
            starts_at=now - timedelta(hours=9),
            status=Status.IN_PROGRESS,
            check_in_at=now - timedelta(hours=9),
            status_since=now - timedelta(hours=8),
            promised_at=now - timedelta(hours=hours_late),
            total_cents=cents,
            **overrides,
        )

    cheap, dear, early = here(4, 10_000), here(1, 90_000), here(-2, 500_000)

    owner = as_role("Owner")
    stuck = owner.get(f"{CARS}?stuck=true").get_json()["items"]
    everyone = owner.get(CARS).get_json()["items"]

    assert [car["id"] for car in stuck] == [str(dear.id), str(cheap.id)]
    assert [car["id"] for car in everyone] == [str(dear.id), str(cheap.id), str(early.id)]
    assert {car["nextAction"] for car in stuck} == {"assign"}
    page = owner.get(f"{CARS}?limit=2").get_json()
    rest = owner.get(f"{CARS}?limit=2&cursor={page['nextCursor']}").get_json()
    assert [car["id"] for car in rest["items"]] == [str(early.id)]


@pytest.mark.parametrize(
    ("facts", "action"),
    [
        ({"unread": 1}, NextAction.ANSWER),
        ({"estimate_state": "question"}, NextAction.ANSWER),
        ({"status": "READY", "balance_cents": 1}, NextAction.COLLECT),
        ({"status": "READY"}, NextAction.CALL_FOR_PICKUP),
        ({"estimate_state": "sent", "has_technician": False}, NextAction.GET_APPROVAL),
        ({"has_technician": False}, NextAction.ASSIGN),
        ({}, NextAction.PROMISE_AGAIN),
        ({"late_since": utc_now() + timedelta(hours=1)}, NextAction.FINISH),
    ],
)
def test_each_stuck_car_says_what_moves_it_on(facts, action):
    now = utc_now()
    usual = {
        "status": "IN_PROGRESS",
        "has_technician": True,
        "unread": 0,
        "estimate_state": None,
        "balance_cents": 0,
        "late_since": now - timedelta(hours=1),
    }

    assert next_action(**{**usual, **facts}, now=now) is action


# --- spans ------------------------------------------------------------------------------------


def _spans(session, appointment) -> list[tuple[str, bool]]:
    rows = session.execute(
        select(StatusSpan.status, StatusSpan.left_at)
        .where(StatusSpan.appointment_id == appointment.id)
        .order_by(StatusSpan.position)
    )
    return [(status, left_at is None) for status, left_at in rows]


def test_a_step_fills_the_spans_from_the_log(as_role, session, card):
    log_status(session, card, None, Status.SCHEDULED, card.created_at)
    advisor = as_role("Advisor")
    for status in ("IN_PROGRESS", "READY"):
        advisor.patch(f"/api/admin/appointments/{card.id}/move", json={"status": status, "position": 1})
        tasks.after_step(str(card.id))
        tasks.after_step(str(card.id))

    assert _spans(session, card) == [("SCHEDULED", False), ("IN_PROGRESS", False), ("READY", True)]


def test_the_sweep_finds_what_no_event_told(session, card):
    log_status(session, card, None, Status.SCHEDULED, utc_now() - timedelta(hours=1))
    session.commit()

    tasks.sweep_spans()

    assert _spans(session, card) == [("SCHEDULED", True)]


def test_tasks_for_one_visit_take_turns(session, card):
    log_status(session, card, None, Status.SCHEDULED, utc_now() - timedelta(hours=1))
    session.commit()
    threads = [threading.Thread(target=tasks.after_step, args=[str(card.id)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert session.scalar(select(func.count()).select_from(StatusSpan)) == 1


def test_filled_spans_renew_the_numbers(as_role, session, card):
    owner = as_role("Owner")
    log_status(session, card, None, Status.SCHEDULED, utc_now() - timedelta(hours=2))
    log_status(session, card, Status.SCHEDULED, Status.COMPLETED, utc_now() - timedelta(hours=1))
    session.execute(
        update(Appointment)
        .where(Appointment.id == card.id)
        .values(status="COMPLETED", check_in_at=utc_now() - timedelta(hours=1), check_out_at=utc_now())
    )
    assert _figure(owner.get(STATS).get_json(), "cycleScheduled")["value"] is None

    with transaction() as own:
        commands.fill_spans(own, [card.id])

    assert _figure(owner.get(STATS).get_json(), "cycleScheduled")["value"] in {3599, 3600}


def test_all_locations_are_added_up_and_averages_computed_of_the_sums(as_role, session, location, card):
    mesa = make_location(session, name="Mesa", timezone="UTC")
    other = make_appointment(session, mesa, starts_at=utc_now())
    today = local_day(utc_now(), ZoneInfo("UTC"))
    make_invoice(session, card, 1, issued_on=today, net_cents=10_000)
    make_invoice(session, other, 1, issued_on=today, net_cents=40_001)
    owner = as_role("Owner", [location, mesa])
    session.commit()

    stats = owner.get(STATS, query_string={"allLocations": "true"}).get_json()

    assert (stats["location"]["id"], stats["jobsToday"]) == (None, 2)
    average = _figure(stats, "averageRepairOrder")
    assert (average["value"], average["numerator"], average["denominator"]) == (25_001, 50_001, 2)
    assert stats["revenueByDay"] == [{"day": today.isoformat(), "cents": 50_001}]
    rows = owner.get(f"{STATS}/revenue/rows", query_string={"allLocations": "true"}).get_json()
    assert (rows["figure"]["value"], sorted(row["value"] for row in rows["items"])) == (50_001, [10_000, 40_001])
    # Who works at one of them sees that one.
    assert as_role("Advisor", [mesa]).get(STATS, query_string={"allLocations": "true"}).get_json()["jobsToday"] == 1


def test_today_is_each_locations_own_day(as_role, session, location):
    """In the evening it is tomorrow already further east: neither shop loses its day to the other one's."""
    # There are always two of these that are a day apart.
    zones = ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"]
    places = [make_location(session, name=zone, timezone=zone) for zone in zones]
    todays = [local_day(utc_now(), ZoneInfo(zone)) for zone in zones]
    assert len(set(todays)) > 1
    for place, today in zip(places, todays, strict=True):
        visit = make_appointment(
            session, place, starts_at=datetime.combine(today, time(12), tzinfo=ZoneInfo(place.timezone))
        )
        make_invoice(session, visit, 1, issued_on=today, net_cents=10_000)
    owner = as_role("Owner", places)
    plain = {"allLocations": "true"}
    day = todays[1].isoformat()
    counted = {**plain, "from": day, "to": day, "relativeTo": day}

    for asked, shown in ((plain, todays[0].isoformat()), (counted, day)):
        stats = owner.get(STATS, query_string=asked).get_json()
        assert (stats["jobsToday"], stats["from"], stats["to"], stats["today"]) == (3, shown, shown, shown)
        assert stats["revenueByDay"] == [{"day": shown, "cents": 30_000}]
        rows = owner.get(f"{STATS}/jobsToday/rows", query_string=asked).get_json()
        assert (rows["from"], rows["to"]) == (shown, shown)
        assert sorted(row["day"] for row in rows["items"]) == sorted(str(today) for today in todays)
    file = owner.get(f"{STATS}/jobsToday/rows.csv", query_string={"from": day, "to": day, "relativeTo": day})
    assert len(list(csv.DictReader(io.StringIO(file.text)))) == 3
    fixed = owner.get(STATS, query_string={**plain, "from": day, "to": day}).get_json()
    assert fixed["jobsToday"] == todays.count(todays[1])
    wrong = owner.get(STATS, query_string={**counted, "relativeTo": "2020-01-01"})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["relativeTo"])


def test_locations_of_two_currencies_have_no_numbers_together(as_role, session, location):
    toronto = make_location(session, name="Toronto", currency="CAD")

    answer = as_role("Owner", [location, toronto]).get(STATS, query_string={"allLocations": "true"})

    assert answer.status_code == 422
    assert "allLocations" in answer.get_json()["errors"]


# --- a figure's rows as a file ----------------------------------------------------------------


def _file(client, key, day, **query):
    answer = client.get(f"{STATS}/{key}/rows.csv", query_string={"from": str(day), "to": str(day), **query})
    answer.get_data()
    return answer


def _table(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), strict=True))


def test_a_figures_rows_leave_as_a_file_that_adds_up_to_it(as_role, session, location):
    customer = make_customer(session, name="=HYPERLINK(1)")
    today = local_day(utc_now(), ZoneInfo("UTC"))
    visits = [make_appointment(session, location, starts_at=utc_now(), customer_id=customer.id) for _ in range(2)]
    versions = [make_invoice(session, one, 7 + n, issued_on=today, net_cents=400_50) for n, one in enumerate(visits)]
    reverse(session, versions[1], today)
    owner = as_role("Owner")

    answer = _file(owner, "laborRate", today)

    rows = _table(answer)
    assert answer.headers["X-Total-Rows"] == str(len(rows)) == "3"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="laborRate_{today}_{today}.csv"'
    figure = _figure(owner.get(STATS).get_json(), "laborRate")
    assert sum(round(100 * float(row["Adds"])) for row in rows) == figure["numerator"] == 200_25
    assert sum(int(row["Divided by"]) for row in rows) == figure["denominator"]
    assert [row["Kind"] for row in rows if row["Adds"].startswith("-")] == ["taken back"]
    assert {row["Kind"] for row in rows} == {"posted", "taken back"}
    assert {row["Unit"] for row in rows} == {"money"}
    assert {row["Invoice"] for row in rows} == {"7", "8"}
    assert all(row["What"].startswith("'=HYPERLINK(1)") for row in rows)


def test_a_file_says_why_a_row_counts_as_the_page_does():
    page = (ROOT / "frontend/src/i18n/words/numbers.ts").read_text()
    said = dict(re.findall(r"'numbers\.kind\.(\w+)': '(.+)',", page))

    assert said == {kind: words for kind, words in KIND_WORDS.items() if kind not in TITLES}


def test_a_file_of_rows_is_logged_and_counted_as_every_export(as_role, session, location, card):
    owner = as_role("Owner")
    today = local_day(utc_now(), ZoneInfo("UTC"))
    tech_id = new_id()

    assert len(_table(_file(owner, "jobsToday", today))) == 1
    for _ in range(4):
        assert _table(_file(owner, "jobsToday", today, techId=str(tech_id), locationId=str(location.id))) == []
    refused = _file(owner, "jobsToday", today)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_exports")
    assert "5 exports within an hour. The next one can start in" in refused.get_json()["detail"]

    logged = session.scalars(select(AuditLog).where(AuditLog.action == "export.started").order_by(AuditLog.id)).all()
    assert len(logged) == 5
    assert logged[0].changes == {
        "report": [None, "figure"],
        "figure": [None, "jobsToday"],
        "from": [None, str(today)],
        "to": [None, str(today)],
    }
    assert logged[1].changes["techId"] == [None, str(tech_id)]


def test_a_file_of_rows_is_for_who_may_see_the_figure(as_role, session, location, card):
    today = local_day(utc_now(), ZoneInfo("UTC"))
    elsewhere = as_role("Owner", [make_location(session, name="Mesa")])

    assert _file(as_role("Tech"), "revenue", today).status_code == 403
    assert _file(as_role("Owner"), "rockets", today).status_code == 404
    assert _file(elsewhere, "jobsToday", today, locationId=str(location.id)).status_code == 404
    assert _table(_file(elsewhere, "jobsToday", today)) == []
    assert session.scalar(select(func.count()).select_from(ExportRun)) == 1, "what is refused counts for nothing"
