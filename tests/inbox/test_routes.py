"""The shared inbox over HTTP: tasks with an owner and an age, by permission and location, the same for everybody."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import redis
import sqlalchemy as sa

from backend.consent import commands as consents
from backend.consent.rules import ReviewKind
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.core.live import CHANNEL
from backend.inbox import commands, tasks
from backend.inbox.commands import Incoming
from backend.inbox.models import Conversation, ConversationState
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.rules import MessageStatus
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent, make_message
from tests.factories.shop import make_location
from tests.factories.templates import make_template
from tests.messages.conftest import PHONE, zone_where_it_is

NOBODYS = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def shop(session):
    """A location where it is noon."""
    return make_location(session, timezone=zone_where_it_is(12), phone="+17185550100")


@pytest.fixture
def write(session, shop):
    """Return `write(body, …)`: a customer's text, as the webhook takes it in; returns the conversation's id."""

    def take(body="Is it ready?", *, phone=PHONE, location=shop, ago=timedelta(0), **about):
        at = utc_now() - ago
        conversation_id = commands.open_thread(session, Incoming(location.id, phone, body, at, **about), now=at)
        values = {"location_id": location.id, "phone": phone, "body": body, "at": at, **about}
        messages.receive(session, provider_sid=f"SM{new_id().hex}", **values)
        message_queries.count_unread_of_numbers(session, {(location.id, phone)})
        session.commit()
        return conversation_id

    return take


@pytest.fixture
def job(session, shop):
    """A visit in two hours of a customer with a number."""
    customer = make_customer(session, phone=PHONE)
    return make_appointment(session, shop, customer_id=customer.id, starts_at=utc_now() + timedelta(hours=2))


def _listed(client, **query):
    answer = client.get("/api/inbox", query_string=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.get_json()["items"]]


def _post(client, conversation_id, act, **body):
    return client.post(f"/api/inbox/{conversation_id}/{act}", **({"json": body} if body else {}))


def _state(client, conversation_id):
    return client.get(f"/api/inbox/{conversation_id}").get_json()["conversation"]


# --- what is shown ------------------------------------------------------------------------------------


def test_a_text_is_a_task_with_its_age(session, as_role, write, job):
    tell = {"customer_id": job.customer_id, "appointment_id": job.id}
    first = write("first", ago=timedelta(hours=3), **tell)
    assert write("second\nline", **tell) == first

    [item] = as_role("Tech").get("/api/inbox").get_json()["items"]

    assert item["id"] == str(first)
    assert (item["state"], item["unreadCount"], item["preview"]) == ("open", 2, "second line")
    assert (item["customerName"], item["appointmentNumber"]) == ("Rosa Delgado", job.number)
    assert item["ownerId"] is item["answering"] is item["snoozedUntil"] is None
    age = utc_now() - datetime.fromisoformat(item["waitingSince"])
    assert timedelta(hours=3) <= age < timedelta(hours=3, minutes=1)


def test_a_conversation_has_its_texts_its_consent_its_customer_and_open_jobs(session, as_role, write, job):
    make_consent(session, PHONE)
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    make_message(session, job, direction="out", phone=PHONE, body="Soon", created_at=utc_now())
    make_message(session, job, phone="+18885550199", body="somebody else's")

    shown = as_role("Advisor").get(f"/api/inbox/{conversation_id}").get_json()

    assert [(text["direction"], text["body"]) for text in shown["messages"]] == [
        ("in", "Is it ready?"),
        ("out", "Soon"),
    ]
    assert (shown["consent"]["informational"], shown["consent"]["method"]) == ("express", "web_form")
    assert shown["customer"]["name"] == "Rosa Delgado"
    assert [open_job["number"] for open_job in shown["jobs"]] == [job.number]
    assert shown["conversation"]["preview"] == "Is it ready?", "of who waits, what they said"
    assert shown["reviews"] == []


def test_the_newest_fifty_texts_are_shown_oldest_first(session, as_role, write, shop):
    conversation_id = write("0", ago=timedelta(hours=1))
    for number in range(1, 60):
        write(str(number), ago=timedelta(minutes=60 - number))

    shown = as_role("Advisor").get(f"/api/inbox/{conversation_id}").get_json()["messages"]

    assert [text["body"] for text in shown] == [str(number) for number in range(10, 60)]


def test_filters_and_pages(session, as_role, write):
    advisor, owner = as_role("Advisor"), as_role("Owner")
    ids = [str(write(phone=f"+1888555020{number}", ago=timedelta(minutes=number))) for number in range(4)]
    _post(advisor, ids[0], "assign", ownerId=str(advisor.user.id))
    _post(advisor, ids[1], "done")
    _post(advisor, ids[2], "snooze", until=(utc_now() + timedelta(hours=1)).isoformat())

    # Who waits the longest comes first, what is done last.
    ordered = [ids[3], ids[2], ids[0], ids[1]]
    assert _listed(advisor) == ordered
    assert _listed(advisor, state="open") == [ids[3], ids[0]]
    assert _listed(advisor, state="done") == [ids[1]]
    assert _listed(advisor, state="snoozed") == [ids[2]]
    assert _listed(advisor, owner="me") == _listed(owner, owner=str(advisor.user.id)) == [ids[0]]
    assert _listed(owner, owner="me") == []
    assert _listed(advisor, owner="none", state="open") == [ids[3]]

    first = advisor.get("/api/inbox", query_string={"limit": 3}).get_json()
    rest = advisor.get("/api/inbox", query_string={"limit": 3, "cursor": first["nextCursor"]}).get_json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ordered
    assert rest["nextCursor"] is None


def test_who_waits_longest_is_first_and_the_rest_follow_from_the_newest(session, as_role, write):
    answered = [str(write(phone=f"+1888555020{number}", ago=timedelta(hours=3 - number))) for number in range(3)]
    advisor = as_role("Advisor")
    for conversation_id in answered:
        _post(advisor, conversation_id, "read")
    late = str(write("late", phone="+18885550208", ago=timedelta(days=2)))
    later = str(write("later", phone="+18885550209", ago=timedelta(minutes=1)))

    wanted = [late, later, *reversed(answered)]
    assert _listed(advisor) == wanted
    pages, cursor = [], None
    for _ in wanted:
        page = advisor.get("/api/inbox", query_string={"limit": 1, **({"cursor": cursor} if cursor else {})}).get_json()
        pages += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert (pages, cursor) == (wanted, None)


def test_a_preview_says_who_said_it_and_who_waits_is_shown_by_their_own_words(session, as_role, write, job):
    make_consent(session, PHONE)
    conversation_id = write(
        "Is it ready?", customer_id=job.customer_id, appointment_id=job.id, ago=timedelta(minutes=2)
    )
    advisor = as_role("Advisor")
    out = {"direction": "out", "phone": PHONE}

    make_message(session, job, body="See you tomorrow.", origin="reminder", created_at=utc_now(), **out)
    shown = _state(advisor, conversation_id)
    assert (shown["preview"], shown["previewBy"]) == ("Is it ready?", "customer")

    _post(advisor, conversation_id, "read")
    shown = _state(advisor, conversation_id)
    assert (shown["preview"], shown["previewBy"]) == ("See you tomorrow.", "automatic")

    _send(advisor, conversation_id)
    shown = _state(advisor, conversation_id)
    assert "Yes, it is ready. " in shown["preview"]
    assert shown["previewBy"] == "staff"


@pytest.mark.parametrize("query", [{"owner": "everybody"}, {"state": "lost"}, {"cursor": "x"}, {"owner": "-" * 36}])
def test_a_filter_that_is_none_is_refused(as_role, shop, query):
    assert as_role("Advisor").get("/api/inbox", query_string=query).status_code == 422


def test_each_kind_of_what_waits_is_counted_by_itself(session, as_role, write, job, shop):
    advisor = as_role("Advisor")
    mine = write("one", ago=timedelta(hours=2))
    write("two", phone="+18885550201")
    write("three", phone="+18885550201")
    done = write("done", phone="+18885550202")
    _post(advisor, mine, "assign", ownerId=str(advisor.user.id))
    _post(advisor, done, "done")
    for status in (MessageStatus.FAILED, MessageStatus.UNKNOWN, MessageStatus.PROPOSED, MessageStatus.HELD):
        make_message(session, job, direction="out", phone=PHONE, status=status)
    soon, later = utc_now() + timedelta(hours=1), utc_now() + timedelta(hours=9)
    for due_at, reason in ((later, "quiet_hours"), (soon, "review_open")):
        make_message(session, job, direction="out", phone=PHONE, status="held", due_at=due_at, reason=reason)
    # What waits for its own time is planned, not held.
    make_message(session, job, direction="out", phone=PHONE, status="held", due_at=soon, reason="requested_later")
    elsewhere = make_location(session)
    write("elsewhere", location=elsewhere)

    counted = advisor.get("/api/inbox/summary", query_string={"locationId": str(shop.id)}).get_json()

    since = datetime.fromisoformat(counted.pop("oldestSince"))
    # What waits for a decision leaves nobody knows when.
    assert datetime.fromisoformat(counted.pop("nextRelease")) == later
    assert counted == {
        "open": 2,
        "mine": 1,
        "unassigned": 1,
        "unread": 3,
        "reviews": 0,
        "failed": 2,
        "proposed": 1,
        "held": 3,
    }
    assert timedelta(hours=2) <= utc_now() - since < timedelta(hours=2, minutes=1)


def test_an_empty_inbox_counts_nothing(as_role, shop):
    assert as_role("Owner").get("/api/inbox/summary").get_json() == {
        "open": 0,
        "mine": 0,
        "unassigned": 0,
        "unread": 0,
        "oldestSince": None,
        "reviews": 0,
        "failed": 0,
        "proposed": 0,
        "held": 0,
        "nextRelease": None,
    }


# --- read ------------------------------------------------------------------------------------------------


def test_what_one_calls_done_is_read_for_everybody_and_on_the_card(session, as_role, write, job):
    about = {"customer_id": job.customer_id, "appointment_id": job.id}
    conversation_id = write("one", **about)
    write("two", **about)
    session.refresh(job)
    assert job.unread_count == 2

    answer = _post(as_role("Advisor"), conversation_id, "read")

    assert (answer.status_code, answer.get_json()["unreadCount"], answer.get_json()["waitingSince"]) == (200, 0, None)
    session.refresh(job)
    assert job.unread_count == 0
    assert _state(as_role("Owner"), conversation_id)["unreadCount"] == 0


def test_what_is_read_in_the_drawer_is_read_in_the_inbox(session, as_role, write, job):
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    write("about nothing in particular")
    advisor = as_role("Advisor")

    assert advisor.post(f"/api/appointments/{job.id}/messages/read").status_code == 204

    shown = _state(advisor, conversation_id)
    assert shown["unreadCount"] == 1, "the other text was about no job"


def test_looking_at_a_conversation_leaves_it_unread(session, as_role, write, job):
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    owner = as_role("Owner")

    for path in (f"/api/inbox/{conversation_id}", f"/api/inbox/{conversation_id}/messages"):
        assert owner.get(path).status_code == 200
    assert owner.get(f"/api/appointments/{job.id}/messages").status_code == 200

    assert _state(owner, conversation_id)["unreadCount"] == 1
    session.refresh(job)
    assert job.unread_count == 1


@pytest.mark.parametrize("where", ["inbox", "drawer"])
def test_an_answer_by_either_way_is_read_for_everybody(session, as_role, write, job, where):
    make_consent(session, PHONE)
    about = {"customer_id": job.customer_id, "appointment_id": job.id}
    conversation_id = write(**about)
    write("about nothing in particular", customer_id=job.customer_id)
    other = write("of somebody else", phone="+18885550201")
    advisor = as_role("Advisor")
    path = f"/api/inbox/{conversation_id}" if where == "inbox" else f"/api/appointments/{job.id}"

    answer = advisor.post(
        f"{path}/messages", json={"channel": "sms", "body": "Yes."}, headers={"Idempotency-Key": str(new_id())}
    )

    assert answer.status_code == 201, answer.text
    shown = _state(advisor, conversation_id)
    assert (shown["unreadCount"], shown["waitingSince"], shown["state"]) == (0, None, "open")
    session.refresh(job)
    assert job.unread_count == 0
    assert _state(advisor, other)["unreadCount"] == 1


@pytest.mark.parametrize("where", ["inbox", "appointments"])
def test_what_came_while_one_answered_is_not_answered(session, as_role, write, job, where):
    make_consent(session, PHONE)
    about = {"customer_id": job.customer_id, "appointment_id": job.id}
    conversation_id = write("Is it ready?", **about)
    shown = str(session.scalar(sa.text("SELECT id FROM messages")))
    write("And did you look at the wipers?", **about)
    advisor = as_role("Advisor")
    path = f"/api/{where}/{conversation_id if where == 'inbox' else job.id}/messages"

    def answer(shown_id):
        body = {"channel": "sms", "body": "Yes.", "shownId": shown_id}
        return advisor.post(path, json=body, headers={"Idempotency-Key": str(new_id())}).status_code

    assert answer(shown) == 201
    session.refresh(job)
    assert (_state(advisor, conversation_id)["unreadCount"], job.unread_count) == (1, 1)
    assert answer(str(session.scalar(sa.text("SELECT id FROM messages ORDER BY id DESC LIMIT 1")))) == 201
    assert _state(advisor, conversation_id)["unreadCount"] == 0


def test_an_answer_that_is_refused_leaves_it_unread(session, as_role, write, job):
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    advisor = as_role("Advisor")

    answer = advisor.post(
        f"/api/appointments/{job.id}/messages",
        json={"channel": "sms", "body": "Your plate is {plate}."},
        headers={"Idempotency-Key": str(new_id())},
    )

    assert answer.status_code in {409, 422}
    assert _state(advisor, conversation_id)["unreadCount"] == 1


# --- whose it is ------------------------------------------------------------------------------------------


def test_a_conversation_is_given_to_somebody_and_back(session, as_role, write):
    advisor, owner = as_role("Advisor"), as_role("Owner")
    conversation_id = write()

    given = _post(advisor, conversation_id, "assign", ownerId=str(owner.user.id))
    taken = _post(advisor, conversation_id, "assign", ownerId=None)

    assert (given.status_code, given.get_json()["ownerName"]) == (200, owner.user.name)
    assert (taken.status_code, taken.get_json()["ownerId"]) == (200, None)
    actions = session.scalars(
        sa.text("SELECT changes FROM audit_logs WHERE action = 'conversation.changed' ORDER BY id")
    )
    assert [list(changes) for changes in actions] == [["ownerId"], ["ownerId"]]


@pytest.mark.parametrize("who", ["Tech", "Accountant", "an advisor of elsewhere", "somebody who left", "nobody"])
def test_it_is_not_given_to_who_can_not_answer_it(session, as_role, write, shop, who):
    conversation_id = write()
    elsewhere = make_location(session)
    if who == "an advisor of elsewhere":
        person = as_role("Advisor", locations=[elsewhere]).user.id
    elif who == "somebody who left":
        left = as_role("Advisor").user
        left.is_active = False
        session.add(left)
        person = left.id
    else:
        person = NOBODYS if who == "nobody" else as_role(who, locations=[shop]).user.id

    answer = _post(as_role("Owner"), conversation_id, "assign", ownerId=str(person))

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["ownerId"])
    assert session.scalar(sa.text("SELECT owner_id FROM conversations")) is None


# --- done, asleep, open again --------------------------------------------------------------------------------


def test_done_is_read_and_gone_until_the_next_text(session, as_role, write, job):
    about = {"customer_id": job.customer_id, "appointment_id": job.id}
    conversation_id = write(**about)
    advisor = as_role("Advisor")

    done = _post(advisor, conversation_id, "done").get_json()

    assert (done["state"], done["unreadCount"]) == ("done", 0)
    session.refresh(job)
    assert job.unread_count == 0
    write("one more thing", **about)
    shown = _state(advisor, conversation_id)
    assert (shown["state"], shown["unreadCount"]) == ("open", 1)


def test_a_sleeper_opens_by_itself(session, as_role, write):
    conversation_id = write()
    advisor = as_role("Advisor")
    until = utc_now() + timedelta(hours=1)

    asleep = _post(advisor, conversation_id, "snooze", until=until.isoformat()).get_json()
    assert (asleep["state"], datetime.fromisoformat(asleep["snoozedUntil"])) == ("snoozed", until)
    tasks.wake()
    assert session.scalar(sa.text("SELECT state FROM conversations")) == "snoozed"

    session.execute(sa.text("UPDATE conversations SET snoozed_until = now() - interval '1 second'"))
    session.commit()
    shown = _state(advisor, conversation_id)
    assert (shown["state"], shown["snoozedUntil"]) == ("open", None), "also before the sweep comes"
    assert _listed(advisor, state="open") == [str(conversation_id)]
    assert _listed(advisor, state="snoozed") == []
    tasks.wake()
    session.rollback()
    assert session.scalar(sa.text("SELECT state FROM conversations")) == "open"


def test_a_sleeper_opens_with_the_next_text(as_role, write):
    conversation_id = write()
    advisor = as_role("Advisor")
    _post(advisor, conversation_id, "snooze", until=(utc_now() + timedelta(days=1)).isoformat())

    write("hello?")

    assert _state(advisor, conversation_id)["state"] == "open"


def test_a_done_one_is_opened_again_by_hand(as_role, write):
    conversation_id = write()
    advisor = as_role("Advisor")
    _post(advisor, conversation_id, "done")

    assert _post(advisor, conversation_id, "reopen").get_json()["state"] == "open"


@pytest.mark.parametrize("until", [timedelta(seconds=-1), timedelta(days=91)], ids=["past", "too far away"])
def test_a_waking_time_that_can_not_be(session, as_role, write, until):
    conversation_id = write()

    answer = _post(as_role("Advisor"), conversation_id, "snooze", until=(utc_now() + until).isoformat())

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["until"])
    assert session.scalar(sa.text("SELECT state FROM conversations")) == "open"


# --- who is answering ------------------------------------------------------------------------------------------


def test_two_advisors_see_who_is_answering(session, as_role, write):
    conversation_id = write()
    first, second = as_role("Advisor"), as_role("Owner")

    assert _post(first, conversation_id, "answering").get_json() == {"answering": None}
    told = _post(second, conversation_id, "answering").get_json()["answering"]

    assert (told["id"], told["name"]) == (str(first.user.id), first.user.name)
    assert _state(second, conversation_id)["answering"]["name"] == first.user.name
    assert _post(first, conversation_id, "answering").get_json() == {"answering": None}, "still at it"
    seconds = session.scalar(sa.text("SELECT extract(epoch FROM answering_until - now()) FROM conversations"))
    assert 10 < seconds <= 15


def test_who_falls_silent_is_no_longer_believed(session, as_role, write):
    conversation_id = write()
    first, second = as_role("Advisor"), as_role("Owner")
    _post(first, conversation_id, "answering")
    session.execute(sa.text("UPDATE conversations SET answering_until = now() - interval '1 second'"))

    assert _state(second, conversation_id)["answering"] is None
    assert _post(second, conversation_id, "answering").get_json() == {"answering": None}
    assert _state(first, conversation_id)["answering"]["name"] == second.user.name


# --- answering -------------------------------------------------------------------------------------------------


def _send(client, conversation_id, key=None, **body):
    return client.post(
        f"/api/inbox/{conversation_id}/messages",
        json={"channel": "sms", "body": "Yes, it is ready.", **body},
        headers={"Idempotency-Key": key or str(new_id())},
    )


EMPTY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("place", ["inbox", "appointments"])
def test_who_did_not_see_a_colleagues_answer_is_asked_before_theirs_leaves(session, as_role, write, job, place):
    make_consent(session, PHONE)
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    seen = str(session.scalar(sa.text("SELECT id FROM messages")))
    first, second = as_role("Advisor"), as_role("Owner")
    thread = conversation_id if place == "inbox" else job.id

    def answer(client, body, **more):
        path = f"/api/{place}/{thread}/messages"
        said = {"channel": "sms", "body": body, **more}
        return client.post(path, json=said, headers={"Idempotency-Key": str(new_id())})

    assert _send(first, conversation_id, seenId=seen).status_code == 201
    for known in (seen, EMPTY):
        refused = answer(second, "Yes, come by.", seenId=known)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "answered_meanwhile")
        theirs = refused.get_json()["answer"]
        assert (theirs["by"], "Yes, it is ready." in theirs["body"]) == (first.user.name, True)
    assert session.scalar(sa.text("SELECT count(*) FROM messages WHERE direction = 'out'")) == 1

    # Who was asked may still say it; who wrote it is not asked about their own.
    assert answer(second, "Yes, come by.", seenId=theirs["id"]).status_code == 201
    assert answer(second, "Bring the key.", seenId=theirs["id"]).status_code == 201


def test_what_did_not_leave_is_no_answer(session, as_role, write, job):
    make_consent(session, PHONE)
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    first, second = as_role("Advisor"), as_role("Owner")
    taken_back = _send(first, conversation_id).get_json()["id"]
    assert first.post(f"/api/messages/{taken_back}/cancel").status_code == 200

    assert _send(second, conversation_id, seenId=EMPTY).status_code == 201


def test_of_two_answers_at_one_moment_one_is_asked(session, as_role, write, job):
    make_consent(session, PHONE)
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    clients = [as_role("Advisor"), as_role("Owner")]
    session.commit()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda client: _send(client, conversation_id, seenId=EMPTY), clients))

    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_an_answer_goes_to_the_number_about_its_last_job(session, as_role, write, job):
    make_consent(session, PHONE)
    conversation_id = write(customer_id=job.customer_id, appointment_id=job.id)
    advisor = as_role("Advisor")
    _post(advisor, conversation_id, "answering")

    answer = _send(advisor, conversation_id)

    assert (answer.status_code, answer.get_json()["status"]) == (201, "queued")
    [sent] = session.execute(sa.text("SELECT phone, appointment_id, body FROM messages WHERE direction = 'out'"))
    assert (sent.phone, sent.appointment_id) == (PHONE, job.id)
    assert "Yes, it is ready." in sent.body
    shown = _state(advisor, conversation_id)
    assert (shown["ownerId"], shown["answering"]) == (str(advisor.user.id), None)
    assert "Yes, it is ready." in shown["preview"]


def test_an_answer_leaves_the_owner_it_has(session, as_role, write):
    make_consent(session, PHONE)
    conversation_id = write()
    advisor, owner = as_role("Advisor"), as_role("Owner")
    _post(owner, conversation_id, "assign", ownerId=str(owner.user.id))

    assert _send(advisor, conversation_id).status_code == 201

    assert _state(advisor, conversation_id)["ownerId"] == str(owner.user.id)


def test_one_key_sends_once(session, as_role, write):
    make_consent(session, PHONE)
    conversation_id = write()
    advisor = as_role("Advisor")

    answers = [_send(advisor, conversation_id, key="once") for _ in range(3)]

    assert {answer.get_json()["id"] for answer in answers} == {answers[0].get_json()["id"]}
    assert session.scalar(sa.text("SELECT count(*) FROM messages WHERE direction = 'out'")) == 1
    missing = advisor.post(f"/api/inbox/{conversation_id}/messages", json={"channel": "sms", "body": "x"})
    assert missing.status_code in {400, 422}


def test_an_opted_out_number_is_not_answered(session, as_role, write):
    conversation_id = write()
    make_consent(session, PHONE, kind="revoked", method="stop_keyword")

    answer = _send(as_role("Owner"), conversation_id)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "opted_out")
    assert session.scalar(sa.text("SELECT count(*) FROM messages WHERE direction = 'out'")) == 0
    assert _state(as_role("Advisor"), conversation_id)["isOptedOut"] is True


@pytest.mark.parametrize("body", [{"channel": "email"}, {"body": None}, {"templateId": NOBODYS}, {"extra": 1}])
def test_an_answer_that_can_not_be(session, as_role, write, body):
    make_consent(session, PHONE)
    conversation_id = write()

    assert _send(as_role("Advisor"), conversation_id, **body).status_code == 422
    assert session.scalar(sa.text("SELECT count(*) FROM messages WHERE direction = 'out'")) == 0


# --- by permission and location --------------------------------------------------------------------------------

ACTS = [
    ("assign", {"ownerId": None}),
    ("done", {}),
    ("snooze", {"until": "2026-12-24T12:00:00Z"}),
    ("reopen", {}),
    ("read", {}),
    ("answering", {}),
    ("messages", {"channel": "sms", "body": "x"}),
]


@pytest.mark.parametrize(("act", "body"), ACTS)
def test_a_conversation_of_elsewhere_is_not_there(session, as_role, write, shop, act, body):
    elsewhere = make_location(session)
    conversation_id = write(location=elsewhere)
    stranger = as_role("Advisor", locations=[shop])
    before = session.execute(sa.text("SELECT * FROM conversations")).one()

    answer = _send(stranger, conversation_id) if act == "messages" else _post(stranger, conversation_id, act, **body)

    assert answer.status_code == 404
    assert stranger.get(f"/api/inbox/{conversation_id}").status_code == 404
    assert _listed(stranger) == []
    assert stranger.get("/api/inbox", query_string={"locationId": str(elsewhere.id)}).status_code == 404
    session.rollback()
    assert session.execute(sa.text("SELECT * FROM conversations")).one() == before


@pytest.mark.parametrize(("act", "body"), ACTS)
def test_a_technician_reads_and_does_nothing_else(session, as_role, write, act, body):
    conversation_id = write()

    answer = _post(as_role("Tech"), conversation_id, act, **body)

    assert answer.status_code == 403
    assert session.scalar(sa.text("SELECT unread_count FROM conversations")) == 1


def test_with_messaging_switched_off_the_inbox_is_closed(app, as_role, write, monkeypatch):
    conversation_id = write()
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", replace(app.config["KEYTAG_FLAGS"], messaging=False))
    owner = as_role("Owner")

    for path in ("/api/inbox", "/api/inbox/summary", f"/api/inbox/{conversation_id}"):
        assert owner.get(path).get_json()["code"] == "feature_off"
    for act, body in ACTS:
        assert _post(owner, conversation_id, act, **body).get_json()["code"] == "feature_off"


# --- live --------------------------------------------------------------------------------------------------------


@pytest.fixture
def heard(redis_url):
    """Return `heard()`: the conversations that screens were told of since it was last asked."""
    with redis.Redis.from_url(redis_url, socket_timeout=5) as client, client.pubsub() as subscription:
        subscription.subscribe(CHANNEL)
        assert subscription.get_message(timeout=5)["type"] == "subscribe"

        def read():
            told = []
            while (message := subscription.get_message(timeout=0.2)) is not None:
                event = json.loads(message["data"])
                if event["name"] == "conversation":
                    told.append((event["locationId"], event["data"]))
            return told

        yield read


def test_every_change_is_told_to_the_screens_of_the_location(as_role, write, heard, shop):
    conversation_id = write()
    advisor = as_role("Advisor")
    heard()

    _post(advisor, conversation_id, "answering")
    _post(advisor, conversation_id, "assign", ownerId=str(advisor.user.id))
    _post(advisor, conversation_id, "done")

    told = heard()
    assert {(location, data["id"]) for location, data in told} == {(str(shop.id), str(conversation_id))}
    assert [data["ownerId"] for _, data in told] == [None, str(advisor.user.id), str(advisor.user.id)]
    assert told[0][1]["answering"]["name"] == advisor.user.name
    assert (told[-1][1]["state"], told[-1][1]["unreadCount"]) == ("done", 0)
    assert PHONE not in json.dumps(told), "an event names no number"


def test_of_two_who_come_to_a_conversation_each_is_told_of_the_other(as_role, write, heard):
    conversation_id = write()
    first, second = as_role("Advisor"), as_role("Owner")
    _post(first, conversation_id, "answering")
    heard()

    told_second = _post(second, conversation_id, "answering").get_json()["answering"]["name"]

    [(_, told_all)] = heard()
    assert (told_second, told_all["answering"]["name"]) == (first.user.name, second.user.name)


def test_a_decision_about_a_reply_is_told_too(session, as_role, write, heard, shop):
    conversation_id = write("please stop the work")
    message_id = session.scalar(sa.text("SELECT id FROM messages"))
    consents.open_review(
        session,
        PHONE,
        ReviewKind.OPT_OUT_OR_JOB,
        message_id=message_id,
        location_id=shop.id,
        actor=SYSTEM,
        now=utc_now(),
    )
    advisor = as_role("Advisor")
    assert _state(advisor, conversation_id)["hasOpenReview"] is True
    [review] = advisor.get("/api/consent/reviews").get_json()["items"]
    heard()

    advisor.post(f"/api/consent/reviews/{review['id']}/decide", json={"decision": "about_the_job"})
    tasks.follow_review(review["id"])

    assert [data["id"] for _, data in heard()] == [str(conversation_id)]
    assert _state(advisor, conversation_id)["hasOpenReview"] is False


def test_a_revocation_by_hand_takes_back_what_waits(session, as_role, job):
    make_consent(session, PHONE)
    waiting = make_message(
        session, job, direction="out", phone=PHONE, status=MessageStatus.HELD, due_at=utc_now() + timedelta(hours=1)
    )
    as_role("Advisor").post("/api/consent", json={"phone": PHONE, "kind": "revoked", "method": "phone_call"})
    event_id = session.scalar(sa.text("SELECT subject_id FROM outbox WHERE event = 'consent.changed'"))

    for _ in range(2):
        tasks.follow_consent(str(event_id))

    session.rollback()
    session.refresh(waiting)
    assert (waiting.status, waiting.reason) == ("suppressed", "opted_out")


def test_who_may_not_see_money_reads_no_amount_anywhere(session, job, as_role):
    job.total_cents = 128_450
    make_consent(session, PHONE)
    template = make_template(session, body="It comes to {total}, about 2.5 hours of work.")
    draft = messages.Draft(job.location_id, template_id=template.id, appointment_id=job.id)
    written = messages.compose(session, draft, actor=SYSTEM, now=utc_now())
    conversation_id = new_id()
    session.add(
        Conversation(
            id=conversation_id,
            location_id=job.location_id,
            phone=PHONE,
            state=ConversationState.OPEN,
            last_message_at=written.created_at,
            preview=written.body,
            created_at=written.created_at,
            updated_at=written.created_at,
        )
    )
    session.commit()
    assert written.tells_money

    def read(role):
        client = as_role(role)
        thread = client.get(f"/api/inbox/{conversation_id}").get_json()
        [listed] = client.get("/api/inbox").get_json()["items"]
        bodies = [
            thread["messages"][0]["body"],
            thread["conversation"]["preview"],
            listed["preview"],
            client.get(f"/api/inbox/{conversation_id}/messages").get_json()["items"][0]["body"],
            client.get(f"/api/appointments/{job.id}/messages").get_json()["items"][0]["body"],
            client.get(f"/api/appointments/{job.id}").get_json()["messages"][0]["body"],
        ]
        # A preview has the whole text, with the shop's name and the footer, in one line.
        return {body.partition(": ")[2].splitlines()[0].removesuffix(" Reply STOP to opt out") for body in bodies}

    assert read("Advisor") == {"It comes to $1,284.50, about 2.5 hours of work."}
    assert read("Tech") == {"It comes to [\u2026], about 2.5 hours of work."}
