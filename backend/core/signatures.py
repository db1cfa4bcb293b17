"""Addresses that show something to whoever has them, for a while: signed with a key of their own for each purpose."""

import base64
import hashlib
import hmac

_secret = b""


def configure(secret_key: str) -> None:
    """Take the process's secret."""
    global _secret  # noqa: PLW0603  set once, at the start
    _secret = secret_key.encode()


def sign(purpose: str, text: str) -> str:
    """Return `text` with its signature, fit to stand in an address."""
    return f"{text}.{_signature(purpose, text)}"


def read(purpose: str, signed: str) -> str | None:
    """Return what was signed for this purpose, None where the signature is not ours."""
    text, _, signature = signed.rpartition(".")
    return text if hmac.compare_digest(signature.encode(), _signature(purpose, text).encode()) else None


def _signature(purpose: str, text: str) -> str:
    assert _secret, "signatures.configure comes first"
    key = hmac.digest(_secret, f"keytag.{purpose}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).decode().rstrip("=")
