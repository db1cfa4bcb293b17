"""Every name of a thing that happened, once: audit action, outbox topic and webhook type alike."""

from enum import StrEnum


class EventType(StrEnum):
    """Past-tense `subject.verb`; alphabetical."""

    APPOINTMENT_CHANGED = "appointment.changed"
    APPOINTMENT_DELETED = "appointment.deleted"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_OVERBOOKED = "appointment.overbooked"
    APPOINTMENT_RESTORED = "appointment.restored"
    APPOINTMENT_SCHEDULED = "appointment.scheduled"
    APPOINTMENT_STATUS_CHANGED = "appointment.status_changed"
    CUSTOMER_CHANGED = "customer.changed"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_DELETED = "customer.deleted"
    CUSTOMER_MERGED = "customer.merged"
    SESSION_ENDED = "session.ended"
    SESSION_REUSE_DETECTED = "session.reuse_detected"
    SESSION_STARTED = "session.started"
    USER_CHANGED = "user.changed"
    USER_CREATED = "user.created"
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105  a name, no secret
    VEHICLE_CHANGED = "vehicle.changed"
    VEHICLE_CREATED = "vehicle.created"
    VEHICLE_DELETED = "vehicle.deleted"
