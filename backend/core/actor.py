"""Who acts: the person or process that audit rows name."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What kind of party caused a change."""

    USER = "user"
    CUSTOMER = "customer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The cause of a change, with what the audit log keeps about where it came from."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    role: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
    # Through a session that a PIN opened on a shared tablet: it does less than its role may.
    is_on_tablet: bool = False


SYSTEM = Actor(ActorKind.SYSTEM, name="Keytag")
