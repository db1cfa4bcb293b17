"""What the processor keeps: pages, payments, refunds, and the answers that it gave by idempotency key."""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

Object = dict[str, Any]
DECLINED = "Your card was declined. Try another one."


class Refusal(Exception):  # noqa: N818  an answer rather than a fault
    """The call is refused, as the API says it."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", code: str | None = None) -> None:
        """Keep what the caller is told."""
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}


class Account:
    """One account's books; thread-safe."""

    def __init__(self, url: str) -> None:
        """Begin empty; pages are shown at `url`."""
        self._url = url
        self._lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Throw everything away."""
        with self._lock:
            self.pages: dict[str, Object] = {}
            self.payments: dict[str, Object] = {}
            self.refunds: dict[str, Object] = {}
            self.calls: list[str] = []
            self._answers: dict[str, tuple[Object, Object]] = {}

    def once(self, key: str | None, form: Object, work: Callable[[], Object]) -> Object:
        """Do something once per key, and answer the same again."""
        with self._lock:
            if key is not None and key in self._answers:
                earlier, answer = self._answers[key]
                if earlier != form:
                    raise Refusal(
                        400,
                        "Keys for idempotent requests can only be used with the same parameters.",
                        "idempotency_error",
                    )
                return answer
            answer = work()
            if key is not None:
                self._answers[key] = (form, answer)
            return answer

    def open_page(self, form: Object) -> Object:
        """Open a page where a customer pays."""
        with self._lock:
            lines = list(form["line_items"].values())
            identifier = _new("cs_test")
            page: Object = {
                "id": identifier,
                "object": "checkout.session",
                "client_reference_id": form.get("client_reference_id"),
                "metadata": form.get("metadata", {}),
                "amount_total": sum(int(line["price_data"]["unit_amount"]) * int(line["quantity"]) for line in lines),
                "currency": lines[0]["price_data"]["currency"],
                "description": lines[0]["price_data"]["product_data"]["name"],
                "status": "open",
                "payment_status": "unpaid",
                "payment_intent": None,
                "payment_metadata": form.get("payment_intent_data", {}).get("metadata", {}),
                "success_url": form["success_url"],
                "cancel_url": form["cancel_url"],
                "expires_at": int(form.get("expires_at", time.time() + 86_400)),
                "url": f"{self._url}/pay/{identifier}",
                "created": int(time.time()),
            }
            if page["amount_total"] < 50:
                raise Refusal(400, "The amount must be at least 50 cents.")
            self.pages[identifier] = page
            return page

    def pay(self, identifier: str) -> Object | None:
        """Let the customer pay; None where the page takes no money any more."""
        with self._lock:
            page = self.pages[identifier]
            if page["status"] != "open" or page["expires_at"] < time.time():
                return None
            payment = {
                "id": _new("pi"),
                "object": "payment_intent",
                "amount": page["amount_total"],
                "amount_received": page["amount_total"],
                "currency": page["currency"],
                "status": "succeeded",
                "metadata": page["payment_metadata"],
                "created": int(time.time()),
            }
            self.payments[payment["id"]] = payment
            page |= {"status": "complete", "payment_status": "paid", "payment_intent": payment["id"]}
            return page

    def expire(self, identifier: str) -> Object:
        """End a page that was not paid."""
        with self._lock:
            page = self.pages[identifier]
            if page["status"] == "open":
                page["status"] = "expired"
            return page

    def refund(self, form: Object) -> Object:
        """Give money back, as much as is left."""
        with self._lock:
            payment = self.payments.get(str(form.get("payment_intent")))
            if payment is None:
                raise Refusal(404, f"No such payment_intent: '{form.get('payment_intent')}'", code="resource_missing")
            given = sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == payment["id"])
            amount = int(form.get("amount", payment["amount"] - given))
            if amount < 1 or amount > payment["amount"] - given:
                left = payment["amount"] - given
                raise Refusal(400, f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).")
            refund = {
                "id": _new("re"),
                "object": "refund",
                "payment_intent": payment["id"],
                "amount": amount,
                "currency": payment["currency"],
                "status": "succeeded",
                "metadata": form.get("metadata", {}),
                "created": int(time.time()),
            }
            self.refunds[refund["id"]] = refund
            return refund

    def find(self, kind: str, identifier: str) -> Object:
        """Return a page or refund.

        Raises:
            Refusal: there is none such.
        """
        with self._lock:
            found: Object | None = {"sessions": self.pages, "refunds": self.refunds}[kind].get(identifier)
            if found is None:
                raise Refusal(404, f"No such object: '{identifier}'", code="resource_missing")
            return found

    def listed(self, kind: str, form: Object) -> Object:
        """List payments or refunds, the newest first, a page at a time."""
        with self._lock:
            rows = list({"payment_intents": self.payments, "refunds": self.refunds}[kind].values())[::-1]
        since = int(form.get("created", {}).get("gte", 0))
        rows = [row for row in rows if row["created"] >= since]
        after = form.get("starting_after")
        if after is not None:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        size = int(form.get("limit", 10))
        return {"object": "list", "url": f"/v1/{kind}", "data": rows[:size], "has_more": len(rows) > size}


def _new(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex}"


def unfold(pairs: list[tuple[str, str]]) -> Object:
    """Return a form with names such as `line_items[0][quantity]` as nested objects."""
    root: Object = {}
    for name, value in pairs:
        head, *rest = name.replace("]", "").split("[")
        place = root
        for part in [head, *rest][:-1]:
            place = place.setdefault(part, {})
        place[[head, *rest][-1]] = value
    return root
