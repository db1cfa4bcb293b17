"""Errors that a person can act on; `core.http` turns each into one problem document."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a sentence for people and a `code` for programs.

    Keyword arguments become members of the problem document (RFC 9457 §3.2),
    `errors` being the reserved one: messages by field.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, **context: Any) -> None:
        """Keep the sentence and what the client needs to go on."""
        super().__init__(message)
        self.message = message
        self.context = context


class NotFoundError(DomainError):
    """404: no such thing, or none this person may know of."""

    code = "not_found"
    status = 404


class ConflictError(DomainError):
    """409: the request was fine but the present state refuses it."""

    code = "conflict"
    status = 409


class RuleViolationError(DomainError):
    """422: understood, and against a rule of the shop or of the format."""

    code = "invalid_request"
    status = 422


class PermissionDeniedError(DomainError):
    """403: known person, not theirs to do."""

    code = "forbidden"
    status = 403


class UnauthenticatedError(DomainError):
    """401: sign in first."""

    code = "not_signed_in"
    status = 401


class TooManyRequestsError(DomainError):
    """429: wait `retry_after` seconds, which is also sent as Retry-After."""

    code = "too_many_requests"
    status = 429


class UnavailableError(DomainError):
    """503: something we depend on is away; `retry_after` seconds says when to try again."""

    code = "unavailable"
    status = 503


def invalid_field(field: str, message: str) -> RuleViolationError:
    """Build the 422 for one field, in the same shape as a schema error."""
    return RuleViolationError("Please correct the marked fields.", errors={field: [message]})
