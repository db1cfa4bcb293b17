"""What follows for an estimate when the work it showed is changed."""

from uuid import UUID

from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.estimates import commands


def follow_revocation(job_id: str) -> None:
    """Keep the evidence of an approval that an edit took back, and say so on card and page; repeating it is fine."""
    with transaction() as session:
        commands.keep_revocations(session, UUID(job_id), utc_now())
