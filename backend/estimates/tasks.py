"""What follows for an estimate when the work it showed is changed."""

from uuid import UUID

from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.estimates.commands import evidence, standing


def follow_work(job_id: str) -> None:
    """Bring how the estimate stands, as its card says it, up to the visit's jobs; repeating it is fine."""
    with transaction() as session:
        standing.follow_work(session, UUID(job_id))


def follow_revocation(job_id: str) -> None:
    """Keep the evidence of an approval that an edit took back, and say so on card and page; repeating it is fine."""
    with transaction() as session:
        evidence.keep_revocations(session, UUID(job_id), utc_now())
