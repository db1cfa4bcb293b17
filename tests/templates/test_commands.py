from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.audit.models import AuditLog
from backend.core.actor import Actor, ActorKind
from backend.core.edits import EditConflictError
from backend.core.errors import NotFoundError, RuleViolationError
from backend.core.ids import new_id
from backend.notices.rules import Trigger
from backend.templates import commands, rules
from backend.templates.models import MessageTemplate
from backend.templates.rules import TemplateNameTakenError, TemplateRefusedError
from tests.factories.notices import make_rule
from tests.factories.shop import make_location
from tests.factories.templates import make_template

SAM = Actor(ActorKind.USER, new_id(), "Sam Rivera", Role.ADVISOR)
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
READY = {
    "name": "Ready",
    "category": "status",
    "channel": "sms",
    "purpose": "informational",
    "subject": None,
    "body": "Your {vehicle|car} is ready.",
}


def _create(session, **changes):
    return commands.create_template(
        session, {**READY, **changes}, host="shop.example", actor=SAM, location_ids=(), now=NOW
    )


def _change(session, template, patch, version=None):
    commands.change_template(
        session, template.id, patch, version=version, host="shop.example", actor=SAM, location_ids=(), now=NOW
    )


def _audited(session, identifier):
    rows = session.execute(
        sa.select(AuditLog.action, AuditLog.version, AuditLog.changes)
        .where(AuditLog.entity_id == identifier)
        .order_by(AuditLog.version)
    )
    return [tuple(row) for row in rows]


def test_a_new_template_is_in_the_log(session):
    identifier = _create(session)

    template = session.get(MessageTemplate, identifier)
    assert (template.name, template.version, template.use_count, template.location_id) == ("Ready", 1, 0, None)
    assert _audited(session, identifier) == [
        (
            "template.created",
            1,
            {
                "channel": [None, "sms"],
                "name": [None, "Ready"],
                "category": [None, "status"],
                "purpose": [None, "informational"],
                "body": [None, "Your {vehicle|car} is ready."],
            },
        )
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"category": "marketing"}, "purpose", id="advertising that says it is none"),
        pytest.param({"purpose": "marketing"}, "purpose", id="advertising among the others"),
        pytest.param({"channel": "email"}, "subject", id="an email without a subject"),
        pytest.param({"subject": "Ready"}, "subject", id="a text with one"),
    ],
)
def test_what_does_not_agree_is_refused(session, changes, field):
    with pytest.raises(RuleViolationError) as caught:
        _create(session, **changes)

    assert list(caught.value.context["errors"]) == [field]
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageTemplate)) == 0


def test_what_the_linter_finds_is_refused(session):
    with pytest.raises(TemplateRefusedError) as caught:
        _create(session, body="Reply YES to approve, {vehicel}.")

    assert [(one["code"], one["hint"]) for one in caught.value.context["findings"]] == [
        ("invites_keyword", "YES"),
        ("unknown_variable", "vehicle"),
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageTemplate)) == 0


def test_the_subject_is_linted_too(session):
    with pytest.raises(TemplateRefusedError) as caught:
        _create(session, channel="email", subject="{invoice}")

    assert [(one["code"], one["field"]) for one in caught.value.context["findings"]] == [
        ("unknown_variable", "subject")
    ]


def test_a_location_where_one_does_not_work_is_unknown(session):
    shop = make_location(session)

    with pytest.raises(NotFoundError):
        _create(session, location_id=shop.id)


def test_names_are_unique_among_those_of_all_locations(session):
    make_template(session)
    session.commit()

    with pytest.raises(sa.exc.IntegrityError):
        _create(session)


def test_a_deleted_ones_name_is_free_again(session):
    old = make_template(session)
    commands.delete_template(session, old.id, actor=SAM, location_ids=(), now=NOW)

    assert _create(session) != old.id


def test_an_edit_counts_the_version_up_and_is_in_the_log(session):
    template = make_template(session)

    _change(session, template, {"body": "Ready!", "name": "Ready"}, version=1)

    assert (template.version, template.body, template.updated_at) == (2, "Ready!", NOW)
    assert _audited(session, template.id) == [
        ("template.changed", 2, {"body": ["{shop_name}: your {vehicle|car} is ready.", "Ready!"]})
    ]


def test_two_editors_of_one_body_get_a_conflict(session):
    template = make_template(session)
    _change(session, template, {"body": "Theirs"}, version=1)

    with pytest.raises(EditConflictError) as caught:
        _change(session, template, {"body": "Mine"}, version=1)

    assert caught.value.context["template"]["body"] == "Theirs"
    assert (template.body, template.version) == ("Theirs", 2)


def test_an_edit_that_the_linter_refuses_changes_nothing(session):
    template = make_template(session)
    session.commit()

    with pytest.raises(TemplateRefusedError):
        _change(session, template, {"body": "See bit.ly/x"})
    session.rollback()

    assert (template.body, template.version) == ("{shop_name}: your {vehicle|car} is ready.", 1)


def test_a_template_that_sends_itself_does_not_become_advertising(session):
    template = make_rule(session, make_location(session), Trigger.READY)

    with pytest.raises(RuleViolationError) as caught:
        commands.change_template(
            session,
            template.id,
            {"category": "marketing", "purpose": "marketing"},
            version=None,
            host="shop.example",
            actor=SAM,
            location_ids=(template.location_id,),
            now=NOW,
        )

    assert list(caught.value.context["errors"]) == ["purpose"]
    session.rollback()
    assert _audited(session, template.id) == []


def test_a_use_is_no_edit(session):
    template = make_template(session)

    for _ in range(2):
        commands.count_use(session, template.id, NOW)
    session.refresh(template)

    assert (template.use_count, template.last_used_at, template.version) == (2, NOW, 1)


def test_the_error_of_a_taken_name_names_the_field():
    assert TemplateNameTakenError("").status == 409


# --- what a shop starts with ---------------------------------------------------------------------


@pytest.mark.parametrize("prepared", commands.PREPARED, ids=lambda prepared: prepared.name)
def test_the_prepared_templates_pass_the_linter_in_one_segment_or_two(prepared):
    findings = rules.lint_template(prepared.body, prepared.subject, host="shop.example", channel=prepared.channel)
    length = rules.finish(rules.fill(prepared.body, rules.EXAMPLES).text, footer=True).segments

    assert findings == []
    rules.check_kind(prepared.category, prepared.channel, prepared.purpose, prepared.subject)
    assert prepared.subject is not None or (length.encoding, length.segments <= 2) == (rules.Encoding.GSM_7, True)


def test_the_prepared_templates_are_given_once_and_not_back_after_they_were_deleted(session):
    commands.give_prepared(session, NOW)
    first = session.scalars(sa.select(MessageTemplate).order_by(MessageTemplate.name)).all()
    commands.delete_template(session, first[0].id, actor=SAM, location_ids=(), now=NOW)
    commands.give_prepared(session, NOW)

    left = session.scalars(sa.select(MessageTemplate.name).where(MessageTemplate.deleted_at.is_(None))).all()
    assert len(first) == len(commands.PREPARED) == 21
    assert len(left) == len(first) - 1
