"""The audit log as people read it."""

import csv
import io
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from backend.audit import commands as audit
from backend.audit import tasks
from backend.audit.models import AuditCheck, AuditLog
from backend.core.actor import Actor, ActorKind
from backend.core.events import EventType
from backend.core.ids import new_id
from tests.audit.chain import NOW, undone, write_rows
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tools import verify_audit
from tools.paths import ROOT, VENV_PYTHON

ADDRESS = "/api/admin/audit"


def told(session, **values):
    """Write one row and return its id."""
    row = {
        "at": NOW,
        "action": EventType.PAYMENT_VOIDED.value,
        "entity": "payment",
        "entity_id": new_id(),
        "actor_kind": "user",
        "actor_name": "Ada",
        "changes": {},
    } | values
    session.add(entry := AuditLog(id=new_id(), **row))
    session.flush()
    return str(entry.id)


def listed(person, **query) -> list[str]:
    answer = person.get(ADDRESS, query_string=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.get_json()["items"]]


def test_rows_come_newest_first_page_by_page_with_who_what_when_and_why(session, as_role):
    place = make_location(session)
    job = make_appointment(session, place)
    ids = [told(session, location_id=place.id, entity_id=job.id, entity="appointment", reason=f"{n}") for n in range(5)]
    owner = as_role("Owner")
    query = {"entityId": str(job.id), "limit": 2}

    first = owner.get(ADDRESS, query_string=query).get_json()
    second = owner.get(ADDRESS, query_string={**query, "cursor": first["nextCursor"]}).get_json()
    third = owner.get(ADDRESS, query_string={**query, "cursor": second["nextCursor"]}).get_json()

    assert [row["id"] for page in (first, second, third) for row in page["items"]] == ids[::-1]
    assert third["nextCursor"] is None
    row = first["items"][0]
    assert (row["reason"], row["label"], row["position"], row["at"]) == (
        "4",
        f"#{job.number}",
        None,
        "2026-03-05T15:30:12.345678Z",
    )


def test_each_filter_narrows_it_down(session, as_role):
    here, there, elsewhere = (make_location(session) for _ in range(3))
    by_ada = told(session, location_id=here.id)
    by_bob = told(session, location_id=there.id, actor_name="100% Bob", entity="invoice", action="invoice.issued")
    shared = told(session, actor_name="Cy", entity="customer", action="customer.changed")
    foreign = told(session, location_id=elsewhere.id)
    owner = as_role("Owner", [here, there])
    mine = {by_ada, by_bob, shared}

    assert set(listed(owner)) >= mine
    assert foreign not in listed(owner)
    assert listed(owner, locationId=here.id) == [by_ada]
    assert listed(owner, who="bob") == [by_bob]
    assert listed(owner, who="0% b") == [by_bob]
    assert listed(owner, who="_") == []
    assert listed(owner, entity="invoice") == [by_bob]
    assert listed(owner, action="customer.changed") == [shared]
    assert owner.get(ADDRESS, query_string={"locationId": elsewhere.id}).status_code == 404


def test_days_are_local_and_inclusive(session, as_role):
    place = make_location(session, timezone="America/Los_Angeles")
    zone = ZoneInfo("America/Los_Angeles")
    rows = {}
    for name, moment in {
        "before": datetime(2026, 3, 7, 23, 59, 58, tzinfo=zone),
        "first": datetime(2026, 3, 8, 0, 0, tzinfo=zone),
        "last": datetime(2026, 3, 9, 23, 59, 58, tzinfo=zone),
        "after": datetime(2026, 3, 10, 0, 0, tzinfo=zone),
    }.items():
        rows[name] = write_rows(session, 1, [place.id], random.Random(name), moment)[0]
    owner = as_role("Owner")

    found = listed(owner, locationId=place.id, **{"from": "2026-03-08", "to": "2026-03-09"})

    assert found == [str(rows["last"].id), str(rows["first"].id)]


def test_the_same_days_give_the_same_rows_on_the_page_and_in_the_file(session, as_role):
    places = [make_location(session, timezone=zone) for zone in ("America/New_York", "America/Los_Angeles")]
    ids = {}
    for hour in (2, 6, 12):
        at = datetime(2026, 3, 9, hour, tzinfo=UTC)
        ids[hour] = [
            str(write_rows(session, 1, [place.id], random.Random(f"{hour} {place.id}"), at)[0].id) for place in places
        ]
    owner = as_role("Owner", places)
    days = {"from": "2026-03-09", "to": "2026-03-09"}

    for chosen, hours in ((None, (2, 6, 12)), (places[0], (6, 12)), (places[1], (12,))):
        query = days if chosen is None else {**days, "locationId": chosen.id}
        expected = {ids[hour][number] for hour in hours for number in (0, 1) if chosen in (None, places[number])}
        text = owner.get("/api/admin/reports/audit.csv", query_string=query).text.removeprefix("\ufeff")
        filed = {row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))}
        every = {one for pair in ids.values() for one in pair}
        assert set(listed(owner, **query)) & every == expected
        assert filed & every == expected


def test_an_accountant_reads_money_and_no_texts(session, as_role):
    place = make_location(session)
    changes = {"amountCents": [None, 500], "body": ["a", "b"], "name": ["c", "d"], "status": ["e", "f"]}
    wanted = told(session, location_id=place.id, changes=changes)

    for role, seen in (("Owner", set(changes)), ("Accountant", {"amountCents", "name", "status"})):
        rows = as_role(role).get(ADDRESS, query_string={"locationId": place.id}).get_json()["items"]
        assert {row["id"]: set(row["changes"]) for row in rows}[wanted] == seen
    for role in ("Advisor", "Tech"):
        assert as_role(role).get(ADDRESS).status_code == 403


def test_the_export_hides_what_the_page_hides_and_can_still_be_checked(session, as_role, tmp_path):
    place = make_location(session)
    told(session, location_id=place.id, changes={"body": ["Our secret recipe", None], "amountCents": [None, 500]})
    told(session, location_id=place.id, changes={"status": ["e", "f"]})
    session.commit()
    today = datetime.now(UTC).date()
    days = {"from": today - timedelta(days=1), "to": today + timedelta(days=1), "locationId": place.id}
    for is_sealed in (False, True):
        if is_sealed:
            tasks.sweep()
        whole = as_role("Owner").get("/api/admin/reports/audit.csv", query_string=days).text
        part = as_role("Accountant").get("/api/admin/reports/audit.csv", query_string=days).text
        assert "Our secret recipe" in whole
        assert "Our secret recipe" not in part
        assert "amountCents" in part
    report = verify_audit.Report()
    verify_audit.verify(csv.DictReader(io.StringIO(part.removeprefix("\ufeff"), newline="")), {}, report)
    assert report.faults == []
    assert report.redacted == 1


def test_a_secret_is_never_written(session):
    actor = Actor(ActorKind.SYSTEM)
    audit.record(
        session,
        EventType.USER_CHANGED,
        entity="user",
        entity_id=new_id(),
        actor=actor,
        at=NOW,
        changes={"passwordHash": (None, "$argon2id$"), "pin": ("1", "2"), "name": ("a", "b")},
    )
    session.flush()

    assert session.scalar(sa.select(AuditLog.changes)) == {
        "passwordHash": [None, "•••"],
        "pin": ["•••", "•••"],
        "name": ["a", "b"],
    }


def test_a_technicians_drawer_tells_no_money_in_its_history(session, as_role):
    job = make_appointment(session, make_location(session))
    changes = {"totalCents": [100, 200], "status": ["SCHEDULED", "READY"]}
    told(session, location_id=job.location_id, entity="appointment", entity_id=job.id, changes=changes)

    for role, seen in (("Advisor", changes), ("Tech", {"status": ["SCHEDULED", "READY"]})):
        history = as_role(role).get(f"/api/appointments/{job.id}/history").get_json()["changes"]
        assert history[0]["changes"] == seen, role


# --- the chain --------------------------------------------------------------------------------


@pytest.fixture
def sealed(session):
    place = make_location(session)
    write_rows(session, 30, [place.id], random.Random(3))
    session.commit()
    audit.seal(session, now=NOW, since=UUID(int=0))
    session.commit()
    return place


def check(person) -> dict[str, object]:
    state = person.post(f"{ADDRESS}/checks").get_json()
    while state["finishedAt"] is None:
        state = person.post(f"{ADDRESS}/checks/{state['id']}/step").get_json()
    return state


def test_the_status_tells_how_far_it_is_sealed_and_what_the_newest_check_found(sealed, session, as_role):
    owner = as_role("Owner")
    before = owner.get(f"{ADDRESS}/status").get_json()
    assert before["check"] is None
    assert [chain["name"] for chain in before["chains"]] == [sealed.name, None]
    assert sum(chain["links"] for chain in before["chains"]) == 30
    assert before["chains"][0]["sealedTo"].startswith("2026-03-05T15:30:")

    done = check(owner)
    status = owner.get(f"{ADDRESS}/status").get_json()

    assert status["check"] == done
    assert (done["rowsChecked"], done["faultCount"], done["startedBy"]) == (30, 0, owner.user.name)
    assert session.scalar(sa.select(AuditLog.actor_name).where(AuditLog.action == "audit.checked")) == owner.user.name
    assert owner.post(f"{ADDRESS}/checks/{new_id()}/step").status_code == 404


def test_a_broken_chain_is_told_with_its_place(sealed, session, as_role, administrator_url):
    victim = session.scalars(sa.select(AuditLog).where(AuditLog.location_id == sealed.id)).all()[3]
    engine = sa.create_engine(administrator_url)
    with undone(engine, "SET session_replication_role = replica") as other:
        other.execute(sa.text("UPDATE audit_logs SET reason = 'nothing' WHERE id = :id"), {"id": victim.id})
        other.commit()
    engine.dispose()

    done = check(as_role("Accountant"))

    assert done["faultCount"] == 1
    assert done["faults"][0]["kind"] == "changed"
    assert done["faults"][0]["locationId"] == str(sealed.id)
    assert done["faults"][0]["auditId"] == str(victim.id)


def test_the_script_and_the_heads_are_downloaded(sealed, as_role):
    accountant = as_role("Accountant")

    script = accountant.get(f"{ADDRESS}/verify_audit.py")
    heads = accountant.get(f"{ADDRESS}/heads.csv")

    assert script.text == (ROOT / "tools" / "verify_audit.py").read_text()
    assert script.headers["Content-Disposition"] == 'attachment; filename="verify_audit.py"'
    rows = list(csv.DictReader(io.StringIO(heads.text)))
    assert sum(int(row["position"]) for row in rows) == 30


def test_the_command_line_checks_too(sealed, session, environment):
    done = subprocess.run(
        [VENV_PYTHON, "-m", "backend.cli", "verify-audit"],
        cwd=ROOT,
        env={**environment, "PATH": str(sys.prefix)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "30 rows were checked; 0 are not what was sealed." in done.stdout
    assert session.scalar(sa.select(AuditCheck.started_by)) == "the command line"


def test_every_act_has_its_words():
    words = (ROOT / "frontend" / "src" / "i18n" / "words" / "audit.ts").read_text()

    assert [event.value for event in EventType if f"'audit.action.{event.value}'" not in words] == []


def test_a_row_about_money_or_work_names_its_visit(session, as_role):
    place = make_location(session)
    visit = make_appointment(session, place)
    job = make_job(session, visit, name="Front pads", lines=[{"unit_price_cents": 100_00}])
    about_job = told(session, location_id=place.id, entity="job", entity_id=job.id, action="job.changed")
    by_name = told(session, location_id=place.id, changes={"appointmentId": [None, str(visit.id)]})
    of_none = told(session, location_id=place.id, entity="device", changes={"appointmentId": [None, "x"]})
    told(session, entity="user")

    items = as_role("Owner").get(ADDRESS).get_json()["items"]

    shown = {item["id"]: (item["label"], item["appointmentId"]) for item in items}
    assert shown[about_job] == (f"#{visit.number} · Front pads", str(visit.id))
    assert shown[by_name] == (f"#{visit.number}", str(visit.id))
    assert shown[of_none] == (None, None)


def test_discounts_are_found_whoever_changed_which_line(session, as_role):
    place = make_location(session)
    line = {"location_id": place.id, "entity": "line"}
    given = told(session, **line, action="line.created", changes={"discountCents": [None, 500]})
    taken = told(session, **line, action="line.changed", changes={"discountCents": [500, 0]})
    told(session, **line, action="line.created", changes={"discountCents": [None, 0]})
    told(session, **line, action="line.changed", changes={"name": ["a", "b"]})

    assert listed(as_role("Owner"), action="line.discounted") == [taken, given]
