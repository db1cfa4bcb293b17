from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from backend.appointments.rules import NOT_BLOCKING, OPEN, ORDER_GAP, Status
from backend.core import phone
from backend.demo.rows import build_tables
from backend.vehicles.rules import decode_vin
from tests.demo.shops import NEW_YORK, PHOENIX, Row, at, shop_at
from tests.demo.shops import zones as zones_of

MIDDAY = at(NEW_YORK, 2026, 11, 20, 13)
INSTANTS = [
    pytest.param(MIDDAY, id="midday"),
    pytest.param(at(NEW_YORK, 2026, 11, 20, 0, 0, 1), id="just after midnight in New York"),
    pytest.param(at(PHOENIX, 2026, 11, 20, 23, 59, 59), id="just before midnight in Phoenix"),
    pytest.param(at(NEW_YORK, 2026, 11, 20, 7, 30), id="opening"),
    pytest.param(at(NEW_YORK, 2026, 11, 20, 9, 10), id="early morning"),
    pytest.param(at(NEW_YORK, 2026, 11, 20, 16, 50), id="late afternoon"),
    pytest.param(at(NEW_YORK, 2026, 3, 8, 1, 59), id="a minute before the clocks jump"),
    pytest.param(at(NEW_YORK, 2026, 11, 1, 1, 30, fold=1), id="the second 1:30 of the long day"),
    pytest.param(datetime(2028, 2, 29, 18, 42, 7, 123456, tzinfo=UTC), id="leap day with microseconds"),
]


# A car that is ready waits for its owner; only work that is to be done can be late.
UNFINISHED = OPEN - {Status.READY}


@pytest.fixture(scope="module", params=INSTANTS)
def now(request) -> datetime:
    """Go through the instants, all tests of one after the other."""
    return request.param


def _is_on_premises(row: Row) -> bool:
    return row["check_in_at"] is not None and row["check_out_at"] is None and row["status"] in OPEN


def _cards(shop: dict[str, list[Row]], location_id: Any, today: date) -> list[Row]:
    return [
        row
        for row in shop["appointments"]
        if row["location_id"] == location_id and (row["day"] == today or (row["day"] < today and _is_on_premises(row)))
    ]


# --- the board, at any time of any day --------------------------------------------------------


def _minutes_open(location: Row, now: datetime) -> float:
    """Return for how many minutes a location has been open today, negative before it opens."""
    local = now.astimezone(ZoneInfo(location["timezone"]))
    return (local.hour - location["opens_at"].hour) * 60 + local.minute - location["opens_at"].minute


def _is_open(location: Row, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(location["timezone"]))
    return location["opens_at"] <= local.time() < location["closes_at"]


def test_each_location_has_a_full_board_and_all_six_columns_once_work_is_under_way(now):
    shop = shop_at(now)

    for location, least, most in zip(shop["locations"], (25, 18), (35, 28), strict=True):
        today = now.astimezone(ZoneInfo(location["timezone"])).date()
        cards = _cards(shop, location["id"], today)
        present = {row["status"] for row in cards if row["day"] == today}
        if _minutes_open(location, now) >= 180:
            assert present == {status.value for status in Status}
        elif _minutes_open(location, now) < 0:
            assert present == {"SCHEDULED", "CANCELED"}
        assert {row["status"] for row in cards} >= {"SCHEDULED", "IN_PROGRESS", "READY", "CANCELED"}
        assert least <= len(cards) <= most
        assert len([row for row in cards if row["day"] < today]) >= 2
        for flag in ("is_waiting", "overbook_reason", "unread_count"):
            assert any(row[flag] for row in cards), flag
        assert any(row["tech_id"] is None for row in cards)
        assert any(row["customer_id"] is None for row in cards)
        assert any(row["vehicle_id"] is None for row in cards)


def test_some_cars_are_a_little_late_while_the_shop_works_and_none_by_half_a_day(now):
    shop = shop_at(now)

    for location in shop["locations"]:
        today = now.astimezone(ZoneInfo(location["timezone"])).date()
        cards = [
            row for row in _cards(shop, location["id"], today) if row["status"] in UNFINISHED and row["promised_at"]
        ]
        late = [now - row["promised_at"] for row in cards if row["promised_at"] < now]
        assert max(late, default=timedelta(0)) < timedelta(hours=2)
        if not _is_open(location, now):
            assert late == []
        elif _minutes_open(location, now) >= 180:
            assert 1 <= len(late) <= 3


def test_what_is_done_today_was_planned_for_earlier_than_now(now):
    shop = shop_at(now)
    zones = zones_of(shop)

    done = [
        row
        for row in shop["appointments"]
        if row["day"] == now.astimezone(zones[row["location_id"]]).date()
        and row["status"] not in {Status.SCHEDULED, Status.CANCELED}
    ]

    assert [row["starts_at"] for row in done if row["starts_at"] > now] == []
    assert [row["ends_at"] for row in done if row["status"] == "COMPLETED" and row["ends_at"] > now] == []


def test_nothing_is_told_that_has_not_happened_yet(now):
    shop = shop_at(now)

    for table, columns in {
        "customers": ("created_at",),
        "vehicles": ("created_at",),
        "appointments": ("created_at", "updated_at", "status_since", "check_in_at", "check_out_at"),
        "messages": ("created_at", "read_at"),
        "payments": ("created_at",),
        "inspection_checklists": ("created_at", "submitted_at", "sent_at"),
        "inspection_photos": ("stored_at",),
        "findings": ("opened_at", "seen_at", "resolved_at"),
        "audit_logs": ("at",),
    }.items():
        for column in columns:
            told = [row[column] for row in shop[table] if row[column] is not None]
            assert max(told, default=now) <= now, (table, column)


def test_times_and_states_agree(now):
    shop = shop_at(now)
    zones = zones_of(shop)

    for row in shop["appointments"]:
        assert row["day"] == row["starts_at"].astimezone(zones[row["location_id"]]).date()
        assert row["starts_at"] < row["ends_at"]
        assert row["created_at"] <= row["status_since"] <= row["updated_at"]
        assert row["check_in_at"] is None or row["created_at"] < row["check_in_at"]
        match row["status"]:
            case Status.SCHEDULED | Status.NO_SHOW | Status.CANCELED:
                assert row["check_out_at"] is None
            case Status.IN_PROGRESS:
                assert row["status_since"] == row["check_in_at"]
                assert row["check_out_at"] is None
            case Status.READY:
                assert row["check_in_at"] < row["status_since"]
                assert row["check_out_at"] is None
            case Status.COMPLETED:
                assert row["check_in_at"] < row["check_out_at"] == row["status_since"]


def test_no_technician_and_no_bay_is_taken_twice_but_on_purpose(now):
    shop = shop_at(now)
    taken = defaultdict(list)
    for row in shop["appointments"]:
        if row["status"] not in NOT_BLOCKING and row["overbook_reason"] is None:
            for resource in (row["tech_id"], row["bay_id"]):
                if resource is not None:
                    taken[resource].append((row["starts_at"], row["ends_at"]))

    for spans in taken.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(spans)))
    overbooked = [row for row in shop["appointments"] if row["overbook_reason"] is not None]
    assert len(overbooked) == 3
    for row in overbooked:
        assert any(start < row["ends_at"] and row["starts_at"] < end for start, end in taken[row["tech_id"]])
        assert row["overbooked_by"] == row["created_by"]


def test_a_key_tag_hangs_on_one_open_job(now):
    tags = [
        (row["location_id"], row["key_tag"])
        for row in shop_at(now)["appointments"]
        if row["status"] in OPEN and row["key_tag"]
    ]

    assert len(tags) == len(set(tags)) >= 7


def test_the_log_tells_how_each_job_came_to_where_it_stands(now):
    shop = shop_at(now)
    logs = defaultdict(list)
    for row in shop["audit_logs"]:
        logs[row["entity_id"]].append(row)
    staff = {row["id"]: row["name"] for row in shop["users"]}
    oldest = min(row["day"] for row in shop["appointments"] if row["status"] in OPEN)

    for row in shop["appointments"]:
        if row["day"] < oldest:
            continue
        log = logs[row["id"]]
        assert log == sorted(log, key=lambda entry: entry["id"])
        assert log[0]["action"] == "appointment.scheduled"
        # A customer's reply is no edit.
        edits = [entry for entry in log if entry["action"] != "appointment.confirmed"]
        versions = [entry["version"] for entry in edits if entry["action"] != "appointment.overbooked"]
        assert versions == list(range(1, row["version"] + 1))
        assert all(entry["actor_name"] == staff[entry["actor_id"]] for entry in edits)
        values: dict[str, Any] = {}
        for entry in log:
            for field, (before, after) in orjson.loads(entry["changes"]).items():
                assert values.get(field) == before, field
                values[field] = after
        assert values["status"] == row["status"]
        assert values.get("keyTag") == row["key_tag"]
        assert values.get("notes") == row["notes"]
        for field, column in (
            ("checkInAt", "check_in_at"),
            ("checkOutAt", "check_out_at"),
            ("promisedAt", "promised_at"),
            ("confirmedAt", "confirmed_at"),
        ):
            assert (datetime.fromisoformat(values[field]) if values.get(field) else None) == row[column]


def test_unread_counts_are_those_of_the_thread(now):
    shop = shop_at(now)
    unread = Counter(
        row["appointment_id"] for row in shop["messages"] if row["direction"] == "in" and row["read_at"] is None
    )

    assert {row["id"]: row["unread_count"] for row in shop["appointments"] if row["unread_count"]} == unread
    assert all(row["status"] == "received" for row in shop["messages"] if row["direction"] == "in")


def test_the_shop_texts_between_eight_and_nine_in_the_evening_only(now):
    shop = shop_at(now)
    zones = zones_of(shop)
    places = {row["id"]: row["location_id"] for row in shop["appointments"]}

    hours = {
        row["sent_at"].astimezone(zones[places[row["appointment_id"]]]).hour
        for row in shop["messages"]
        if row["channel"] == "sms" and row["sent_at"] and row["message_class"] != "keyword_reply"
    }

    assert hours <= set(range(8, 21))


# --- repeatable -------------------------------------------------------------------------------


def test_the_same_instant_gives_the_same_rows():
    first, second = (build_tables(MIDDAY, lambda: "hash") for _ in range(2))

    assert first == second


def test_the_day_has_the_same_cars_and_people_at_every_hour():
    morning, evening = shop_at(at(NEW_YORK, 2026, 11, 20, 9, 10)), shop_at(at(NEW_YORK, 2026, 11, 20, 16, 50))

    for table in ("locations", "bays", "users", "customers", "vehicles"):
        assert morning[table] == evening[table]
    plans = [
        Counter(
            (row["starts_at"], row["vehicle_id"], row["tech_id"], row["services_summary"])
            for row in shop["appointments"]
        )
        for shop in (morning, evening)
    ]
    # Jobs declined at the counter do not count: the summary names what is done.
    assert plans[0] == plans[1]
    assert sum(row["status"] == "COMPLETED" for row in evening["appointments"]) > sum(
        row["status"] == "COMPLETED" for row in morning["appointments"]
    )


def test_cards_stand_in_the_order_of_their_start():
    columns = defaultdict(list)
    for row in shop_at(MIDDAY)["appointments"]:
        columns[row["location_id"], row["status"]].append(row)

    for rows in columns.values():
        rows.sort(key=lambda row: row["order_key"])
        assert [row["order_key"] for row in rows] == [ORDER_GAP * (index + 1) for index in range(len(rows))]
        assert [row["starts_at"] for row in rows] == sorted(row["starts_at"] for row in rows)


def test_ids_are_version_7_and_unique():
    for table, rows in shop_at(MIDDAY).items():
        ids = [row["id"] for row in rows if "id" in row]
        assert len(ids) == len(set(ids)), table
        assert all((identity.version, identity.variant) == (7, "specified in RFC 4122") for identity in ids)
    for row in shop_at(MIDDAY)["payments"]:
        assert row["id"].int >> 80 == int(row["created_at"].timestamp() * 1000)


# --- people and cars --------------------------------------------------------------------------


def test_there_are_2000_customers_and_vehicles_and_about_3000_past_visits():
    shop = shop_at(MIDDAY)

    assert (len(shop["customers"]), len(shop["vehicles"])) == (2000, 2000)
    completed = [row for row in shop["appointments"] if row["status"] == "COMPLETED"]
    assert 2800 <= len(completed) <= 3300
    assert min(row["day"] for row in completed) < date(2025, 6, 1)
    assert Counter(row["role"] for row in shop["users"]) == {"Tech": 8, "Advisor": 2, "Owner": 1, "Accountant": 1}
    assert len({row["color"] for row in shop["users"] if row["role"] == "Tech"}) == 8


def test_each_vin_is_valid_and_says_make_and_year():
    vehicles = shop_at(MIDDAY)["vehicles"]

    for row in vehicles:
        vin = decode_vin(row["vin"], 2026)
        assert (vin.is_valid, vin.make, vin.year) == (True, row["make"], row["year"]), row["vin"]
        # Written out once more, so that maker and checker of the digit can't be wrong together.
        values = {letter: value for letters in ("ABCDEFGH", "JKLMNPPR") for value, letter in enumerate(letters, 1)}
        values |= {"P": 7, "R": 9} | {letter: value for value, letter in enumerate("STUVWXYZ", 2)}
        total = sum(
            (int(character) if character.isdigit() else values[character]) * weight
            for character, weight in zip(row["vin"], (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)
        )
        assert row["vin"][8] == "0123456789X"[total % 11]
    assert len({row["vin"] for row in vehicles}) == len({row["plate"] for row in vehicles}) == 2000
    assert len({(row["make"], row["model"]) for row in vehicles}) >= 25


def test_phones_are_fictional_and_normal():
    phones = [row["phone"] for row in shop_at(MIDDAY)["customers"] if row["phone"]]

    for number in phones:
        assert phone.normalize(number) == number
        assert number[5:10] == "55501"
    # Three at each location are second entries of a customer, to be merged.
    assert len(phones) - len(set(phones)) == 6
    assert len(phones) > 1800


def test_addresses_reach_nobody():
    domains = {row["email"].split("@")[1] for row in shop_at(MIDDAY)["customers"] if row["email"]}

    assert all(domain.endswith((".test", "example.com", "example.net", "example.org")) for domain in domains)


def test_companies_have_several_vehicles():
    shop = shop_at(MIDDAY)
    cars = Counter(row["customer_id"] for row in shop["vehicles"])

    companies = [row for row in shop["customers"] if row["company"]]

    assert len(companies) == 22
    assert all(cars[row["id"]] >= 3 for row in companies)


def test_cars_on_the_board_have_been_here_before():
    shop = shop_at(MIDDAY)
    visits = Counter(row["vehicle_id"] for row in shop["appointments"] if row["status"] == "COMPLETED")
    present = [row["vehicle_id"] for row in shop["appointments"] if row["status"] in OPEN and row["vehicle_id"]]

    assert sum(visits[vehicle] > 0 for vehicle in present) > len(present) * 0.7


# --- money ------------------------------------------------------------------------------------


def test_totals_are_the_sum_of_the_lines_that_count(now):
    shop = shop_at(now)
    totals: Counter[Any] = Counter()
    jobs = {row["id"]: row for row in shop["appointment_jobs"]}
    counted = [row for row in jobs.values() if row["approval"] != "declined" and row["is_chosen"]]
    counts = {row["id"] for row in counted}
    for row in shop["appointment_services"]:
        if row["job_id"] in counts:
            totals[row["appointment_id"]] += row["price_cents"] - row["discount_cents"] + row["tax_cents"]
    offered = Counter(row["appointment_id"] for row in jobs.values() if row["is_chosen"])
    approved = Counter(row["appointment_id"] for row in counted if row["approval"] == "approved")

    for row in shop["appointments"]:
        assert row["total_cents"] == totals[row["id"]] > 0
        assert (row["jobs_offered"], row["jobs_approved"]) == (offered[row["id"]], approved[row["id"]])
    assert {row["kind"] for row in shop["appointment_services"]} == {"labor", "part", "fee"}
    assert sum(row["discount_cents"] > 0 for row in shop["appointment_services"]) > 50
    assert {row["approval"] for row in jobs.values()} == {"pending", "approved", "declined"}


def test_some_open_visits_are_offered_alternatives_of_which_one_counts():
    jobs = shop_at(MIDDAY)["appointment_jobs"]
    choices = defaultdict(list)
    for row in jobs:
        if row["choice_id"] is not None:
            choices[row["choice_id"]].append(row["is_chosen"])

    assert len(choices) >= 2
    assert all(sorted(chosen)[-2:] == [False, True] for chosen in choices.values())


def test_the_catalogue_is_what_visits_are_made_of():
    shop = shop_at(MIDDAY)
    canned = {row["id"] for row in shop["service_catalog"]}

    assert len(canned) >= 25
    assert {row["catalog_id"] for row in shop["service_catalog_lines"]} == canned
    named = [row["catalog_id"] for row in shop["appointment_jobs"] if row["catalog_id"] is not None]
    assert set(named) <= canned
    assert len(named) > 0.98 * len(shop["appointment_jobs"])
    for location in shop["locations"]:
        assert sum(row["is_default"] for row in shop["labor_rates"] if row["location_id"] == location["id"]) == 2
        assert len([row for row in shop["tax_rates"] if row["location_id"] == location["id"]]) == 3


def test_nobody_has_paid_more_than_the_total_and_a_reversal_takes_back_one_payment(now):
    shop = shop_at(now)
    zones = zones_of(shop)
    appointments = {row["id"]: row for row in shop["appointments"]}
    payments = {row["id"]: row for row in shop["payments"]}
    paid: Counter[Any] = Counter()
    for row in shop["payments"]:
        paid[row["appointment_id"]] += row["amount_cents"]
        zone = zones[appointments[row["appointment_id"]]["location_id"]]
        assert row["accounting_on"] == row["created_at"].astimezone(zone).date()
        if row["kind"] != "payment":
            reversed_row = payments[row["reverses_id"]]
            assert reversed_row["amount_cents"] == -row["amount_cents"]
            assert reversed_row["created_at"] < row["created_at"]
            assert reversed_row["method"] == row["method"]

    assert all(0 <= paid[identity] <= row["total_cents"] for identity, row in appointments.items())
    assert {row["kind"] for row in shop["payments"]} == {"payment", "void", "refund"}
    by_case = Counter(
        "unpaid" if paid[row["id"]] == 0 else "paid" if paid[row["id"]] == row["total_cents"] else "partly"
        for row in shop["appointments"]
        if row["status"] == "COMPLETED"
    )
    assert by_case["paid"] > 2700
    assert min(by_case["partly"], by_case["unpaid"]) > 5
    if any(
        row["status"] == "COMPLETED" and row["check_out_at"] > now - timedelta(hours=6) for row in shop["appointments"]
    ):
        today = [row for row in shop["payments"] if row["created_at"] > now - timedelta(days=1)]
        assert any(row["kind"] == "refund" for row in today)


def test_summaries_name_the_first_job_and_count_the_others():
    shop = shop_at(MIDDAY)
    jobs = defaultdict(list)
    for row in sorted(shop["appointment_jobs"], key=lambda row: row["sort_order"]):
        if row["approval"] != "declined" and row["is_chosen"]:
            jobs[row["appointment_id"]].append(row["name"])

    for row in shop["appointments"]:
        first, *others = jobs[row["id"]]
        assert row["services_summary"] == (f"{first} +{len(others)}" if others else first)


# --- inspections ------------------------------------------------------------------------------


def test_a_submitted_inspection_is_whole_and_what_it_found_is_known_of_the_car(now):
    shop = shop_at(now)
    items = defaultdict(list)
    for row in shop["inspection_items"]:
        items[row["checklist_id"]].append(row)
    pictured = {row["item_id"] for row in shop["inspection_photos"]}
    submitted = [row for row in shop["inspection_checklists"] if row["status"] == "submitted"]
    assert len(submitted) > 500
    for checklist in submitted:
        for item in items[checklist["id"]]:
            assert item["result"] is not None
            assert not (item["result"] == "fail" and item["needs_photo"]) or item["id"] in pictured
    assert any(row["sent_at"] for row in submitted)
    known = Counter((row["vehicle_id"], row["point_key"]) for row in shop["findings"] if row["resolved_at"] is None)
    assert max(known.values()) == 1
    assert len(known) > 50
    assert any(row["resolution"] and row["resolution"].startswith("Repaired") for row in shop["findings"])
