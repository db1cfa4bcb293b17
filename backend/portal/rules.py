"""What a browser is given instead of a link's address, and what stands on the customer's page."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from backend.links.rules import MAXIMUM_AGE, Purpose, Secret
from backend.services.rules import is_priced

COOKIE = "keytag_visit"
# Sent by our own page only: another site's form can't, and its script would be asked first and refused.
HEADER = "X-Keytag-Visit"
# What it says before the page knows the number of its visit; after that it is the number.
NO_VISIT = "1"
# What is opened is looked at here; the link's token stands in no address after the first.
PAGE = "/visit"

# What of a frozen document a link alone shows. Everything else (phone, email, address, VIN) needs the last four digits,
# or is not the customer's page's business.
_SHOP = ("name", "phone", "address", "timezone", "currency", "registrationNumber", "warrantyTerms")
_VISIT = ("number", "title")
_JOB = ("id", "name", "description", "urgency", "choiceId", "netCents", "taxCents", "discountCents", "totalCents")
_LINE = ("id", "kind", "name", "quantity", "hours", "isFlat", "priceCents", "discountCents", "taxCents")


def new_secret(link_id: UUID, purpose: Purpose) -> Secret:
    """Draw what a browser that opens a link is known by."""
    return Secret(link_id, purpose, secrets.token_urlsafe(24))


def seal(secret: Secret, key: str) -> str:
    """Return the cookie of a browser: signed with a salt of the link's purpose, readable by nobody for nothing."""
    return str(_signer(secret.purpose, key).dumps([secret.link_id.hex, secret.secret]))


def unseal(cookie: str, key: str) -> Secret | None:
    """Return what a cookie says; None for one that is not ours, was altered, or is older than any link."""
    for purpose in Purpose:
        try:
            link_id, secret = _signer(purpose, key).loads(cookie, max_age=int(MAXIMUM_AGE.total_seconds()))
            return Secret(UUID(hex=link_id), purpose, str(secret))
        except (BadData, ValueError, TypeError, AttributeError):
            continue
    return None


def _signer(purpose: Purpose, key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=f"keytag.visit.{purpose}")


def shown_shop(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shop as the page shows it."""
    return {name: document["shop"].get(name) for name in _SHOP}


def shown_visit(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the visit as the page shows it: which it is, and of which car, by its name alone."""
    vehicle = document["vehicle"] or {}
    return {**{name: document["visit"].get(name) for name in _VISIT}, "vehicle": vehicle.get("label")}


def shown_job(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job of a frozen document as the page shows it."""
    return {
        "isPriced": is_priced(job["lines"]),
        **{name: job.get(name) for name in _JOB},
        "lines": [{name: line.get(name) for name in _LINE} for line in job["lines"]],
    }
