"""The rows of templates, rules, consents, threads and conversations."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.consent.rules import ConsentKind, ConsentMethod, Purpose, review_due
from backend.demo.randomness import seeded_id, stream
from backend.demo.shop import OPENED_DAYS_AGO, Place
from backend.demo.tables import Table
from backend.demo.threads import Text
from backend.demo.visits import Visit
from backend.inbox.models import ConversationState
from backend.inbox.rules import preview_of
from backend.messages.rules import Channel, Direction, MessageStatus
from backend.notices import commands as notices
from backend.notices.rules import REMINDERS, Cause, Loudness, Trigger, key_of
from backend.templates.commands import PREPARED
from backend.templates.rules import count_segments, finish, needs_footer

CONSENT_WORDING = "I agree to texts from {shop} about my vehicle. Message and data rates may apply. Reply STOP to opt out, HELP for help."
CONSENT_VERSION = "intake form, January 2026"
OFFERS_WORDING = "Yes, {shop} may text me offers. I don't have to agree to be served. Reply STOP to opt out."
OFFERS_VERSION = "intake form, January 2026, second box"
OFFERS_SHARE = 0.12
# How loud the demo shop's rules are: it asks about most, and is quiet where the prepared rules are.
LOUDNESS = {
    Trigger.BOOKED: Loudness.ASK,
    Trigger.RESCHEDULED: Loudness.ASK,
    Trigger.REMINDER_24H: Loudness.LOUD,
    Trigger.REMINDER_2H: Loudness.QUIET,
    Trigger.IN_PROGRESS: Loudness.ASK,
    Trigger.READY: Loudness.LOUD,
    Trigger.COMPLETED: Loudness.QUIET,
    Trigger.CANCELED: Loudness.ASK,
    Trigger.NO_SHOW: Loudness.ASK,
}
DELIVERED_WITHIN = timedelta(seconds=2)
# A conversation in which somebody wrote lately is often still somebody's.
LATELY = timedelta(hours=20)
OPEN_SHARE, SNOOZED_SHARE = 0.35, 0.45

Ids = dict[tuple[object, ...], UUID]

# --- templates and rules -------------------------------------------------------------------------


def _opened(place: Place) -> datetime:
    return place.hours.at(place.day(-OPENED_DAYS_AGO), place.hours.opens)


def _template_ids(places: list[Place]) -> dict[str, UUID]:
    return {one.name: seeded_id(_opened(places[0]), "template", one.name) for one in PREPARED}


def rule_tables(places: list[Place]) -> list[Table]:
    """Return the rules of every location."""
    ids = _template_ids(places)
    rows = [
        (
            seeded_id(_opened(place), "notice rule", place.key, trigger.value),
            place.id,
            trigger.value,
            LOUDNESS[trigger].value,
            ids[name],
            1,
            _opened(place),
            place.owner.id,
        )
        for place in places
        for trigger, (name, _) in notices.PREPARED.items()
    ]
    columns = ("id", "location_id", "trigger", "loudness", "template_id", "version", "updated_at", "updated_by")
    return [Table("notice_rules", columns, rows)]


def template_table(places: list[Place], visits: list[Visit]) -> Table:
    """Return the prepared templates, with how often and when each was last used."""
    uses: dict[str, list[datetime]] = defaultdict(list)
    for visit in visits:
        for text in visit.texts:
            if text.template is not None:
                uses[text.template].append(text.at)
    opened = _opened(places[0])
    ids = _template_ids(places)
    columns = (
        *("id", "name", "category", "channel", "purpose", "subject", "body", "version", "use_count", "last_used_at"),
        *("created_at", "updated_at"),
    )
    rows = [
        (
            ids[one.name],
            one.name,
            one.category.value,
            one.channel.value,
            one.purpose.value,
            one.subject,
            one.body,
            1,
            len(uses[one.name]),
            max(uses[one.name], default=None),
            opened,
            opened,
        )
        for one in PREPARED
    ]
    return Table("message_templates", columns, rows)


# --- threads -------------------------------------------------------------------------------------


def thread_tables(places: list[Place], visits: list[Visit], ids: Ids) -> list[Table]:
    """Return what was agreed to, what was texted, what a person must read, and the conversations it makes."""
    _dress(visits)
    message_ids = {
        id(text): seeded_id(text.at, "message", *visit.key, order)
        for visit in visits
        for order, text in enumerate(visit.texts)
    }
    consents = _consents(visits, message_ids)
    return [
        consents,
        _messages(places, visits, ids, message_ids, consents),
        _reviews(visits, message_ids),
        _conversations(visits, ids),
    ]


def _texts(visits: list[Visit]) -> Iterator[tuple[Visit, Text]]:
    """Go through all texts, not emails, by time."""
    found = [
        (visit, text)
        for visit in visits
        for text in visit.texts
        if text.channel is Channel.SMS and visit.customer and visit.customer.phone
    ]
    return iter(sorted(found, key=lambda pair: (pair[1].at, pair[0].key)))


def _phone(visit: Visit) -> str:
    assert visit.customer is not None
    assert visit.customer.phone is not None
    return visit.customer.phone


def _dress(visits: list[Visit]) -> None:
    """Give what the shop texted the signs, the name and the footer that the product gives it."""
    last: dict[tuple[UUID, str], datetime] = {}
    for visit, text in _texts(visits):
        if text.direction is Direction.IN:
            continue
        number = (visit.place.id, _phone(visit))
        needs = needs_footer(last.get(number), purpose=Purpose.INFORMATIONAL, now=text.at)
        has_footer = needs and not text.is_keyword_reply
        text.body = finish(text.body, footer=has_footer, shop_name=visit.place.entry.name if has_footer else None).text
        if has_footer and text.status is not MessageStatus.PROPOSED:
            last[number] = text.at


def _consents(visits: list[Visit], message_ids: dict[int, UUID]) -> Table:
    """Everybody with a number agreed on the form of their first visit, some to offers too; and who took it back."""
    first: dict[str, Visit] = {}
    for visit in sorted(visits, key=lambda visit: (visit.booked_at, visit.key)):
        if visit.customer and visit.customer.phone:
            first.setdefault(visit.customer.phone, visit)
    rows: list[tuple[Any, ...]] = []
    for phone, visit in first.items():
        shop, form = visit.place.entry.name, ConsentMethod.SIGNED_FORM.value
        about = (visit.place.id, None, visit.booked_at)
        express = (None, ConsentKind.EXPRESS.value, form, CONSENT_WORDING.format(shop=shop), CONSENT_VERSION)
        rows.append((seeded_id(visit.booked_at, "consent", phone), phone, *express, *about))
        if stream("offers", phone).random() < OFFERS_SHARE:
            written = (ConsentKind.EXPRESS_WRITTEN.value, form, OFFERS_WORDING.format(shop=shop), OFFERS_VERSION)
            identity = seeded_id(visit.booked_at, "consent to offers", phone)
            rows.append((identity, phone, Purpose.MARKETING.value, *written, *about))
    for visit in visits:
        for said in visit.said:
            if said.revokes is not None:
                revoked = (None, ConsentKind.REVOKED.value, said.revokes.value, said.text.body, None)
                identity = seeded_id(said.text.at, "consent", "revoked", *visit.key)
                rows.append(
                    (identity, _phone(visit), *revoked, visit.place.id, message_ids[id(said.text)], said.text.at)
                )
    columns = ("id", "phone", "purpose", "kind", "method", "wording", "wording_version", "location_id", "message_id")
    return Table("consent_events", (*columns, "at"), rows)


def _messages(
    places: list[Place], visits: list[Visit], ids: Ids, message_ids: dict[int, UUID], consents: Table
) -> Table:
    agreed = {row[1]: row[0] for row in reversed(consents.rows) if row[3] == ConsentKind.EXPRESS}
    templates = _template_ids(places)
    rows = []
    for visit in visits:
        person = visit.customer
        for text in visit.texts:
            is_inbound = text.direction is Direction.IN
            is_text = text.channel is Channel.SMS
            phone = person.phone if person and is_text else None
            cause = _cause(visit, text, ids[visit.key])
            rows.append(
                (
                    message_ids[id(text)],
                    visit.place.id,
                    ids[visit.key],
                    person.id if person else None,
                    text.direction.value,
                    text.channel.value,
                    text.status.value,
                    text.message_class.value,
                    text.origin.value,
                    key_of(cause) if cause else None,
                    phone,
                    person.email if person and not is_text else None,
                    text.subject,
                    text.body,
                    count_segments(text.body).segments if is_text and not is_inbound else None,
                    templates[text.template] if text.template else None,
                    1 if text.template else None,
                    text.reason.value if text.reason else None,
                    text.error_code,
                    text.due_at,
                    agreed[phone] if text.has_left and phone and not text.is_keyword_reply else None,
                    text.at,
                    text.by.id if text.by else None,
                    *_told(visit, text, message_ids[id(text)]),
                    min(text.at + timedelta(minutes=4), visit.place.now) if is_inbound and not text.is_unread else None,
                )
            )
    columns = (
        *("id", "location_id", "appointment_id", "customer_id", "direction", "channel", "status", "message_class"),
        *("origin", "origin_key", "phone", "email", "subject", "body", "segments", "template_id", "template_version"),
        *("reason", "error_code", "due_at", "consent_event_id", "created_at", "created_by", "provider_sid"),
        *("provider_status", "accepted_at", "sent_at", "delivered_at", "attempts", "read_at"),
    )
    return Table("messages", columns, rows)


def _told(visit: Visit, text: Text, identity: UUID) -> tuple[Any, ...]:
    """Return what the provider told: its name for a text, its status, when it took, sent and delivered it, the attempts."""
    sid = f"SM{identity.hex}" if text.channel is Channel.SMS else None
    if text.direction is Direction.IN:
        return (sid, None, None, None, None, 0)
    if not text.has_left:
        return (None, None, None, None, None, int(text.status is MessageStatus.FAILED))
    delivered_at = min(text.at + DELIVERED_WITHIN, visit.place.now) if text.status is MessageStatus.DELIVERED else None
    status = text.status.value if text.channel is Channel.SMS else None
    return (sid, status, text.at, text.at, delivered_at, 1)


def _cause(visit: Visit, text: Text, identity: UUID) -> Cause | None:
    if text.trigger is None:
        return None
    is_start = text.trigger in {*REMINDERS, Trigger.BOOKED}
    at = visit.starts_at if is_start else visit.status_since
    assert at is not None
    return Cause(text.trigger, identity, at)


def _reviews(visits: list[Visit], message_ids: dict[int, UUID]) -> Table:
    rows = [
        (
            seeded_id(said.text.at, "review", *visit.key),
            _phone(visit),
            said.review.value,
            message_ids[id(said.text)],
            visit.place.id,
            said.text.at,
            review_due(said.text.at, visit.place.hours.zone),
        )
        for visit in visits
        for said in visit.said
        if said.review is not None
    ]
    columns = ("id", "phone", "kind", "message_id", "location_id", "opened_at", "due_at")
    return Table("consent_reviews", columns, rows)


# --- conversations -------------------------------------------------------------------------------


def _conversations(visits: list[Visit], ids: Ids) -> Table:
    """Return a conversation for every number that wrote: what is unread waits, with and without an owner."""
    threads: dict[tuple[UUID, str], list[tuple[Visit, Text]]] = defaultdict(list)
    for visit, text in _texts(visits):
        if text.status is not MessageStatus.PROPOSED:
            threads[visit.place.id, _phone(visit)].append((visit, text))
    rows = [
        _conversation(phone, thread, ids)
        for (_, phone), thread in threads.items()
        if any(text.direction is Direction.IN for _, text in thread)
    ]
    columns = (
        *("id", "location_id", "phone", "customer_id", "appointment_id", "state", "unread_count", "waiting_since"),
        *("last_message_at", "last_inbound_at", "preview", "owner_id", "snoozed_until", "version", "created_at"),
        "updated_at",
    )
    return Table("conversations", columns, rows)


def _conversation(phone: str, thread: list[tuple[Visit, Text]], ids: Ids) -> tuple[Any, ...]:
    visit, newest = thread[-1]
    place = visit.place
    inbound = [text for _, text in thread if text.direction is Direction.IN]
    unread = [text for text in inbound if text.is_unread]
    random = stream("conversation", place.key, phone)
    state, chance = ConversationState.DONE, random.random()
    if unread:
        state = ConversationState.OPEN
    elif place.now - inbound[-1].at < LATELY and chance < SNOOZED_SHARE:
        state = ConversationState.OPEN if chance < OPEN_SHARE else ConversationState.SNOOZED
    owner = random.choice([None, *place.advisors]) if state is not ConversationState.DONE else None
    morning = place.hours.at(place.work_day(1), place.hours.opens + 30)
    assert visit.customer is not None
    return (
        seeded_id(inbound[0].at, "conversation", place.key, phone),
        place.id,
        phone,
        visit.customer.id,
        ids[visit.key],
        state.value,
        len(unread),
        unread[0].at if unread else None,
        newest.at,
        inbound[-1].at,
        preview_of(newest.body),
        owner.id if owner else None,
        morning if state is ConversationState.SNOOZED else None,
        1,
        inbound[0].at,
        newest.at,
    )
