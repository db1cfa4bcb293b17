"""Who may do what: the one table. Guards, /api/me, the interface and the tests read it."""

from enum import StrEnum
from typing import Self

from backend.audit.rules import FieldClass
from backend.core.actor import Actor


class Role(StrEnum):
    """The four staff roles; customers have none, they act through signed links."""

    OWNER = "Owner"
    ADVISOR = "Advisor"
    TECH = "Tech"
    ACCOUNTANT = "Accountant"


class Permission(StrEnum):
    """What can be allowed, `resource:action`, alphabetical. The docstring of each is its `description`."""

    description: str

    def __new__(cls, value: str, description: str) -> Self:
        """Make the member with its description."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    APPOINTMENT_COMPLETE = "appointment:complete", "Move a job to Completed"
    APPOINTMENT_DELETE = "appointment:delete", "Delete and restore appointments"
    APPOINTMENT_EDIT = "appointment:edit", "Create and edit appointments"
    APPOINTMENT_MOVE = "appointment:move", "Move cards on the board"
    APPOINTMENT_NOTE = "appointment:note", "Write notes on one's own jobs"
    APPOINTMENT_OVERBOOK = "appointment:overbook", "Double-book a technician or bay, with a reason"
    APPOINTMENT_REOPEN = "appointment:reopen", "Reopen a completed job, with a reason"
    APPOINTMENT_VIEW = "appointment:view", "See the calendar and open appointments"
    AUDIT_VIEW = "audit:view", "See and export the audit log"
    BOARD_VIEW = "board:view", "See the status board"
    CATALOG_MANAGE = "catalog:manage", "Change the catalogue, message templates and rules"
    CUSTOMER_EDIT = "customer:edit", "Create, edit and merge customers and vehicles"
    CUSTOMER_VIEW = "customer:view", "Find customers and vehicles and see their history"
    DAY_CLOSE = "day:close", "Close the day against the counted drawer"
    INSPECTION_FILL = "inspection:fill", "Fill inspections"
    INVOICE_UNLOCK = "invoice:unlock", "Unlock an invoice, with a reason"
    MESSAGE_OVERRIDE_QUIET_HOURS = "message:override_quiet_hours", "Send in quiet hours, with a reason"
    MESSAGE_SEND = "message:send", "Send texts and emails"
    MESSAGE_VIEW = "message:view", "Read message threads"
    MONEY_VIEW = "money:view", "See prices, totals and payments"
    PAYMENT_RECORD = "payment:record", "Record payments"
    PAYMENT_VOID = "payment:void", "Void and refund payments"
    REPORT_VIEW = "report:view", "See money reports and export them"
    SERVICE_DISCOUNT_ANY = "service:discount_any", "Give discounts above a tenth of the price"
    SERVICE_EDIT = "service:edit", "Edit work lines and prices"
    SERVICE_NOTE = "service:note", "Write notes on work lines"
    SETTINGS_MANAGE = "settings:manage", "Change settings"
    USER_LIST = "user:list", "See the names of colleagues"
    USER_MANAGE = "user:manage", "Manage users and roles"
    WORK_TRACK = "work:track", "Run one's own clock, say what a job waits for, check finished work"


_O, _A, _T, _C = Role.OWNER, Role.ADVISOR, Role.TECH, Role.ACCOUNTANT

PERMISSION_MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.APPOINTMENT_COMPLETE: frozenset({_O, _A}),
    Permission.APPOINTMENT_DELETE: frozenset({_O, _A}),
    Permission.APPOINTMENT_EDIT: frozenset({_O, _A}),
    Permission.APPOINTMENT_MOVE: frozenset({_O, _A, _T}),
    Permission.APPOINTMENT_NOTE: frozenset({_O, _A, _T}),
    Permission.APPOINTMENT_OVERBOOK: frozenset({_O, _A}),
    Permission.APPOINTMENT_REOPEN: frozenset({_O, _A}),
    Permission.APPOINTMENT_VIEW: frozenset({_O, _A, _T}),
    Permission.AUDIT_VIEW: frozenset({_O, _C}),
    Permission.BOARD_VIEW: frozenset({_O, _A, _T}),
    Permission.CATALOG_MANAGE: frozenset({_O, _A}),
    Permission.CUSTOMER_EDIT: frozenset({_O, _A}),
    Permission.CUSTOMER_VIEW: frozenset({_O, _A, _T, _C}),
    Permission.DAY_CLOSE: frozenset({_O, _C}),
    Permission.INSPECTION_FILL: frozenset({_O, _A, _T}),
    Permission.INVOICE_UNLOCK: frozenset({_O, _C}),
    Permission.MESSAGE_OVERRIDE_QUIET_HOURS: frozenset({_O}),
    Permission.MESSAGE_SEND: frozenset({_O, _A}),
    Permission.MESSAGE_VIEW: frozenset({_O, _A, _T}),
    Permission.MONEY_VIEW: frozenset({_O, _A, _C}),
    Permission.PAYMENT_RECORD: frozenset({_O, _A, _C}),
    Permission.PAYMENT_VOID: frozenset({_O, _C}),
    Permission.REPORT_VIEW: frozenset({_O, _A, _C}),
    Permission.SERVICE_DISCOUNT_ANY: frozenset({_O}),
    Permission.SERVICE_EDIT: frozenset({_O, _A}),
    Permission.SERVICE_NOTE: frozenset({_O, _A, _T}),
    Permission.SETTINGS_MANAGE: frozenset({_O}),
    Permission.USER_LIST: frozenset({_O, _A, _T, _C}),
    Permission.USER_MANAGE: frozenset({_O}),
    Permission.WORK_TRACK: frozenset({_O, _A, _T}),
}

# All that a session opened with a PIN on a shared tablet may do, whoever it is, and of its own jobs only (see `guards`).
ON_TABLET = frozenset({Permission.APPOINTMENT_MOVE, Permission.INSPECTION_FILL, Permission.WORK_TRACK})


# Which permission opens a class of fields of the audit log; whoever lacks it reads a row without them.
OPENS: dict[FieldClass, Permission] = {
    FieldClass.MONEY: Permission.MONEY_VIEW,
    FieldClass.WORDS: Permission.MESSAGE_SEND,
    FieldClass.PERSONAL: Permission.CUSTOMER_VIEW,
}


def hidden_from(role: Role | str | None) -> frozenset[FieldClass]:
    """Return the classes of fields that a role may not see in the audit log."""
    return frozenset(kind for kind, permission in OPENS.items() if not may(role, permission))


def may(role: Role | str | None, permission: Permission) -> bool:
    """True when the matrix grants `permission` to `role`; absence means nobody."""
    return role in PERMISSION_MATRIX.get(permission, frozenset())


def actor_may(actor: Actor, permission: Permission) -> bool:
    """True when the actor's role grants `permission`, and a shared tablet does not withhold it."""
    return may(actor.role, permission) and (not actor.is_on_tablet or permission in ON_TABLET)


def permissions_of(role: Role | str) -> list[Permission]:
    """List what a role may do, alphabetically."""
    return [permission for permission in Permission if may(role, permission)]
