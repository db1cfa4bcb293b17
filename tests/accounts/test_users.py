"""User administration, for the Owner."""

import pytest
import sqlalchemy as sa

from backend.accounts.models import User
from backend.accounts.permissions import Permission
from backend.audit.models import AuditLog
from tests.factories.shop import make_location


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def owner(as_role, location):
    return as_role("Owner")


def _new(location, **changes):
    return {
        "name": "Dana Fox",
        "email": "Dana@Keytag.test",
        "role": "Tech",
        "locationIds": [str(location.id)],
        **changes,
    }


def test_a_new_user_signs_in_with_the_temporary_password(owner, client, location):
    answer = owner.post("/api/users", json=_new(location))

    user = answer.get_json()
    assert answer.status_code == 201
    assert user["email"] == "dana@keytag.test"
    credentials = {"email": "dana@keytag.test", "password": user["temporaryPassword"]}
    assert client.post("/api/auth/token", json=credentials).status_code == 200
    listed = owner.get("/api/users?role=Tech").get_json()["items"]
    assert [(row["name"], "temporaryPassword" in row) for row in listed] == [("Dana Fox", False)]


def test_an_email_belongs_to_one_person(owner, location):
    owner.post("/api/users", json=_new(location))

    answer = owner.post("/api/users", json=_new(location, email="dana@keytag.TEST"))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "email_taken")
    assert answer.get_json()["errors"] == {"email": ["Already in use."]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"role": "Boss"}, "role"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 500}, "name"),
        ({"locationIds": []}, "locationIds"),
        ({"locationIds": ["01900000-0000-7000-8000-000000000000"]}, "locationIds"),
        ({"password": "short"}, "password"),
        ({"color": "red"}, "color"),
        ({"isAdmin": True}, "isAdmin"),
    ],
)
def test_bad_users_are_explained_and_not_made(owner, location, session, change, field):
    answer = owner.post("/api/users", json=_new(location, **change))

    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["errors"]) == [field]
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_technicians_of_a_location_are_listed_for_everybody_without_addresses(owner, as_role, location, session):
    other = make_location(session, name="Mesa")
    here = as_role("Tech", [location])
    as_role("Tech", [other])

    answer = as_role("Accountant").get(f"/api/users?role=Tech&locationId={location.id}")

    assert [row["id"] for row in answer.get_json()["items"]] == [str(here.user.id)]
    assert "email" not in answer.get_json()["items"][0]


def test_the_last_owner_stays(owner, as_role, session):
    path = f"/api/users/{owner.user.id}"

    for change in ({"role": "Advisor"}, {"isActive": False}):
        answer = owner.patch(path, json=change)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "last_owner")
    as_role("Owner")
    assert owner.patch(path, json={"role": "Advisor"}).status_code == 200
    assert owner.get("/api/permissions").status_code == 200
    assert owner.post("/api/users", json={}).status_code == 403


def test_a_stale_change_is_refused(owner, as_role, session):
    tech = as_role("Tech").user
    owner.patch(f"/api/users/{tech.id}", json={"name": "New Name", "version": 1})

    answer = owner.patch(f"/api/users/{tech.id}", json={"name": "Other Name", "version": 1})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale_version")
    assert session.get(User, tech.id).name == "New Name"


def test_every_change_names_who_and_what(owner, as_role, session, location):
    tech = as_role("Tech").user

    owner.patch(f"/api/users/{tech.id}", json={"role": "Advisor", "isActive": True})

    row = session.scalars(sa.select(AuditLog).where(AuditLog.entity_id == tech.id)).one()
    assert (row.action, row.actor_id, row.changes) == ("user.changed", owner.user.id, {"role": ["Tech", "Advisor"]})


def test_a_lost_tablet_is_signed_out(owner, as_role):
    tech = as_role("Tech")

    assert owner.post(f"/api/users/{tech.user.id}/sign-out").status_code == 204

    assert tech.get("/api/me").status_code == 401


def test_a_reset_password_replaces_the_old_one(owner, as_role, client):
    tech = as_role("Tech")

    temporary = owner.post(f"/api/users/{tech.user.id}/password-reset").get_json()["temporaryPassword"]

    assert tech.get("/api/me").status_code == 401
    answer = client.post("/api/auth/token", json={"email": tech.user.email, "password": temporary})
    assert answer.status_code == 200


def test_users_come_in_pages(owner, as_role):
    for _ in range(4):
        as_role("Tech")

    names, cursor = [], ""
    while cursor is not None:
        page = owner.get(f"/api/users?limit=2{cursor and '&cursor=' + cursor}").get_json()
        names += [row["id"] for row in page["items"]]
        cursor = page["nextCursor"]

    assert len(names) == len(set(names)) == 5
    assert owner.get("/api/users?cursor=rubbish").status_code == 422


def test_the_matrix_is_shown_as_it_is(as_role, location):
    matrix = as_role("Tech").get("/api/permissions").get_json()

    assert [row["key"] for row in matrix["permissions"]] == [permission.value for permission in Permission]
    complete = next(row for row in matrix["permissions"] if row["key"] == "appointment:complete")
    assert complete["roles"] == ["Owner", "Advisor"]


def test_an_owner_gives_people_locations_where_they_do_not_work_themselves(owner, as_role, session):
    mesa = make_location(session, name="Mesa", timezone="America/Phoenix")

    offered = owner.get("/api/users/locations").get_json()["items"]
    made = owner.post("/api/users", json=_new(mesa)).get_json()
    change = {"locationIds": [location["id"] for location in offered], "version": made["version"]}
    changed = owner.patch(f"/api/users/{made['id']}", json=change)

    assert [(location["name"], location["timezone"]) for location in offered] == [
        ("Brooklyn", "America/New_York"),
        ("Mesa", "America/Phoenix"),
    ]
    assert made["locationIds"] == [str(mesa.id)]
    assert (changed.status_code, len(changed.get_json()["locationIds"])) == (200, 2)
    # What they may assign, they still don't see: the board is of those who work there.
    assert [location["name"] for location in owner.get("/api/locations").get_json()["items"]] == ["Brooklyn"]
    assert as_role("Advisor").get("/api/users/locations").status_code == 403
