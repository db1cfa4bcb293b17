"""A visit whose brakes failed its inspection, and browsers of its customer."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.core.clock import utc_now
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.inspections.rules import ChecklistStatus
from tests.estimates.conftest import Offered, offered
from tests.factories.inspections import make_checklist, make_photo
from tests.portal.conftest import Browser, browse

__all__ = ["browse", "offered"]


@dataclass
class Inspected:
    """A submitted inspection: brakes failed with a photo and a job, wipers need attention, lights passed."""

    offered: Offered
    checklist: InspectionChecklist
    items: list[InspectionItem]

    @property
    def url(self) -> str:
        return f"/api/checklists/{self.checklist.id}/report"


@pytest.fixture
def inspected(session: Session, offered: Offered) -> Inspected:
    checklist, items = make_checklist(
        session,
        offered.visit,
        title="Multi-point",
        status=ChecklistStatus.SUBMITTED,
        submitted_at=utc_now(),
        submitted_by=offered.advisor.id,
        items=[
            {"label": "Lights", "result": "pass"},
            {"label": "Wipers", "result": "attention", "note": "Streaks"},
            {
                "label": "Brake pads",
                "section": "Brakes",
                "result": "fail",
                "note": "Metal on metal",
                "unit": "mm",
                "limits": {"failBelow": "3", "attentionBelow": "5", "attentionAbove": None, "failAbove": None},
                "reading": 2,
                "job_id": offered.brakes.id,
            },
            {"label": "Trailer hitch", "result": "na"},
        ],
    )
    make_photo(session, items[2], stored_at=utc_now())
    make_photo(session, items[2])
    return Inspected(offered, checklist, items)


def token_of(answer: Any) -> str:
    """Return the token of the link that an answer told."""
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["url"]).rpartition("/")[2]


def open_report(browse: Any, token: str) -> Browser:
    """Return a browser that opened a report."""
    browser: Browser = browse()
    assert browser.open(token).status_code == 303
    return browser
