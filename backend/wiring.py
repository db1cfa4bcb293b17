"""Three tables that say how the parts hang together; nothing else knows all of them."""

from datetime import timedelta

from backend.accounts import tasks as accounts_tasks
from backend.accounts.routes import blueprint as accounts
from backend.appointments import tasks as appointment_tasks
from backend.appointments.routes import blueprint as appointments
from backend.audit import tasks as audit_tasks
from backend.board.routes import blueprint as board
from backend.board.routes import wall
from backend.books.routes import blueprint as books
from backend.catalog.routes import blueprint as catalog
from backend.clocks import tasks as clock_tasks
from backend.clocks.routes import blueprint as clocks
from backend.consent.routes import blueprint as consent
from backend.core.events import EventType
from backend.core.http import Blueprint
from backend.core.queue import Task
from backend.customers.routes import blueprint as customers
from backend.desk.routes import blueprint as desk
from backend.devices import tasks as device_tasks
from backend.devices.routes import blueprint as devices
from backend.devices.routes import tablet
from backend.documents.routes import blueprint as documents
from backend.drawer.routes import blueprint as drawer
from backend.estimates import tasks as estimate_tasks
from backend.estimates.routes import blueprint as estimates
from backend.exports.routes import blueprint as exports
from backend.findings import commands as finding_commands
from backend.findings import tasks as finding_tasks
from backend.findings.routes import blueprint as findings
from backend.inbox import tasks as inbox_tasks
from backend.inbox.routes import blueprint as inbox
from backend.inspections import commands as inspection_commands
from backend.inspections.routes import blueprint as inspections
from backend.invoices.routes import blueprint as invoices
from backend.journal.routes import blueprint as journal
from backend.live.routes import blueprint as live
from backend.messages import commands as message_commands
from backend.messages.routes import blueprint as messages
from backend.notices import commands as notice_commands
from backend.notices import tasks as notice_tasks
from backend.notices.routes import blueprint as notices
from backend.outbox import tasks as outbox_tasks
from backend.payments import tasks as payment_tasks
from backend.payments.routes import blueprint as payments
from backend.photos import commands as photo_commands
from backend.photos import tasks as photo_tasks
from backend.photos.routes import blueprint as photos
from backend.planning.routes import blueprint as planning
from backend.portal.routes import blueprint as portal
from backend.reports.routes import blueprint as reports
from backend.search.routes import blueprint as search
from backend.sender import tasks as sender
from backend.services.routes import blueprint as services
from backend.shop.routes import blueprint as shop
from backend.site import blueprint as site
from backend.stats import tasks as stats_tasks
from backend.stats.routes import blueprint as stats
from backend.tech.routes import blueprint as tech
from backend.templates.routes import blueprint as templates
from backend.trail.routes import blueprint as trail
from backend.vehicles.routes import blueprint as vehicles
from backend.visits.routes import blueprint as visits
from backend.webhooks import tasks as webhook_tasks
from backend.webhooks.routes import blueprint as webhooks

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts,
    appointments,
    board,
    books,
    catalog,
    clocks,
    consent,
    customers,
    documents,
    desk,
    devices,
    drawer,
    estimates,
    exports,
    findings,
    inbox,
    inspections,
    invoices,
    journal,
    live,
    messages,
    notices,
    payments,
    photos,
    planning,
    portal,
    reports,
    search,
    services,
    shop,
    site,
    stats,
    tablet,
    tech,
    templates,
    trail,
    vehicles,
    visits,
    wall,
    webhooks,
)

# What happened -> the tasks that must follow, each with the subject's id.
SUBSCRIPTIONS: dict[EventType, tuple[Task, ...]] = {
    EventType.APPOINTMENT_CHANGED: (notice_tasks.after_change,),
    EventType.APPOINTMENT_DELETED: (notice_tasks.after_deletion, clock_tasks.after_step),
    EventType.APPOINTMENT_SCHEDULED: (notice_tasks.after_booking, stats_tasks.after_step),
    EventType.APPOINTMENT_STATUS_CHANGED: (
        notice_tasks.after_step,
        stats_tasks.after_step,
        clock_tasks.after_step,
        finding_tasks.after_step,
    ),
    EventType.APPROVAL_RECORDED: (estimate_tasks.follow_work,),
    EventType.APPROVAL_REVOKED: (estimate_tasks.follow_revocation,),
    EventType.CONSENT_CHANGED: (inbox_tasks.follow_consent, notice_tasks.after_consent),
    EventType.CONSENT_REVIEW_DECIDED: (inbox_tasks.follow_review,),
    EventType.CUSTOMER_CHANGED: (notice_tasks.after_customer_change,),
    EventType.CUSTOMER_MERGED: (notice_tasks.after_customer_change,),
    EventType.PAYMENT_RECORDED: (payment_tasks.close_pages,),
    EventType.PAYMENT_REFUND_FAILED: (payment_tasks.close_pages,),
    EventType.JOB_CHANGED: (estimate_tasks.follow_work,),
    EventType.JOB_CREATED: (estimate_tasks.follow_work,),
    EventType.JOB_DELETED: (estimate_tasks.follow_work,),
    EventType.JOB_REVIVED: (estimate_tasks.follow_work,),
    EventType.USER_CHANGED: (appointment_tasks.refresh_technician_name,),
}

# How often -> the tasks that run once in each such period, by UTC.
SCHEDULE: tuple[tuple[timedelta, Task], ...] = (
    (timedelta(hours=1), accounts_tasks.purge_expired),
    (timedelta(minutes=1), payment_tasks.look_up_open),
    (timedelta(minutes=1), payment_tasks.look_up_refunds),
    (timedelta(minutes=1), payment_tasks.close_pages),
    (timedelta(hours=1), payment_tasks.reconcile_hourly),
    (timedelta(days=1), payment_tasks.reconcile_daily),
    (timedelta(days=1), payment_tasks.check_ledger),
    (timedelta(hours=1), audit_tasks.catch_up),
    (timedelta(days=1), audit_tasks.anchor_daily),
    (timedelta(hours=1), audit_tasks.check_daily),
    (timedelta(hours=1), device_tasks.purge_tries),
    (timedelta(hours=1), outbox_tasks.purge_published),
    (timedelta(hours=1), photo_tasks.tidy),
    (timedelta(hours=1), sender.follow_up_hourly),
    (timedelta(days=1), sender.follow_up_daily),
    (timedelta(hours=1), webhook_tasks.reconcile_hourly),
    (timedelta(days=1), webhook_tasks.reconcile_daily),
    (timedelta(days=1), webhook_tasks.forget_old),
    (timedelta(minutes=5), notice_tasks.remind),
    (timedelta(hours=1), stats_tasks.sweep_spans),
)

# What the dispatcher looks for in each of its turns, two seconds apart.
SWEEPS: tuple[Task, ...] = (audit_tasks.sweep, sender.sweep, webhook_tasks.sweep, inbox_tasks.wake)

# Whom the engine asks before a text that no person wrote leaves: notices stand above messages on the map.
message_commands.ask_for_truth(notice_commands.is_true)
# Whom a photo's deletion waits for and asks: inspections stand above photos on the map.
photo_commands.ask_before_deleting(inspection_commands.hold_point)
# What cars need follows what inspections say, in the same transaction: findings stand above inspections on the map.
inspection_commands.follow_with(submitted=finding_commands.follow, deleted=finding_commands.withdraw)
