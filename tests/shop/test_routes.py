from tests.factories.shop import make_bay, make_location


def test_a_person_sees_only_their_locations_with_bays_in_the_shops_order(session, as_role):
    mesa = make_location(session, name="Mesa", timezone="America/Phoenix")
    make_location(session, name="Elsewhere")
    second = make_bay(session, mesa, name="Alignment", sort_order=2)
    first = make_bay(session, mesa, name="Lift", sort_order=1)
    make_bay(session, mesa, name="Walled up", sort_order=0, is_active=False)

    answer = as_role("Accountant", [mesa]).get("/api/locations")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "items": [
            {
                "id": str(mesa.id),
                "name": "Mesa",
                "timezone": "America/Phoenix",
                "currency": "USD",
                "opensAt": "08:00",
                "closesAt": "18:00",
                "bays": [{"id": str(first.id), "name": "Lift"}, {"id": str(second.id), "name": "Alignment"}],
            }
        ]
    }


def test_a_location_without_bays_has_an_empty_list(session, as_role):
    location = make_location(session)

    items = as_role("Tech", [location]).get("/api/locations").get_json()["items"]

    assert items[0]["bays"] == []


def test_nobody_sees_locations_without_signing_in(client):
    answer = client.get("/api/locations")

    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_signed_in"


def test_the_owner_sets_what_a_location_prints_and_allows(session, as_role):
    location = make_location(session)
    owner, advisor = as_role("Owner"), as_role("Advisor")
    path = f"/api/locations/{location.id}"

    changed = owner.patch(
        path, json={"state": "CA", "paper": "a4", "linkCapCents": 400_00, "marginTargetBp": 5500, "version": 1}
    )
    assert changed.status_code == 200, changed.text
    shown = advisor.get(path).get_json()
    assert (shown["state"], shown["paper"], shown["linkCapCents"], shown["marginTargetBp"], shown["version"]) == (
        "CA",
        "a4",
        400_00,
        5500,
        2,
    )
    assert advisor.patch(path, json={"state": "NY"}).status_code == 403
    clash = owner.patch(path, json={"paper": "letter", "state": "NY", "version": 1})
    assert clash.status_code == 409
    assert {conflict["field"] for conflict in clash.get_json()["conflicts"]} == {"paper", "state"}
    for body in ({"state": "California"}, {"state": "ca"}, {"linkCapCents": -1}, {"marginTargetBp": 10_001}):
        assert owner.patch(path, json=body).status_code == 422, body
