"""Where files of photos are kept: a folder, or a bucket that speaks S3. No session of the database is open meanwhile.

A file's name is random and its bytes never change, so writing it twice is the same as once.
"""

import contextlib
import errno
import hashlib
import hmac
import http.client
import os
import ssl
import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from backend.core.clock import utc_now
from backend.core.errors import NotFoundError
from backend.photos.rules import MAXIMUM_BYTES, StoreFullError, StoreUnavailableError
from backend.settings import ROOT, Settings

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
RETRY_AFTER_SECONDS = 5
DEVELOPMENT_FOLDER = ROOT / ".state" / "photos"
_UNFINISHED = ".part"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class Store(Protocol):
    """What keeps files by name."""

    def put(self, name: str, content: bytes) -> None:
        """Keep a file; it is there whole or not at all.

        Raises:
            StoreFullError, StoreUnavailableError: see there.
        """

    def get(self, name: str) -> bytes:
        """Return a file.

        Raises:
            NotFoundError: there is none of that name.
            StoreUnavailableError: see there.
        """

    def remove(self, name: str) -> None:
        """Remove a file; none of that name is fine.

        Raises:
            StoreUnavailableError: see there.
        """


@lru_cache(maxsize=4)
def open_store(settings: Settings) -> Store:
    """Return the store that the settings name: a bucket, or else a folder."""
    if settings.photo_bucket is not None:
        return Bucket(settings)
    return Folder(settings.photo_folder or DEVELOPMENT_FOLDER)


def _unavailable() -> StoreUnavailableError:
    return StoreUnavailableError(
        "Photos can't be reached at the moment. Nothing is lost; please try again.", retry_after=RETRY_AFTER_SECONDS
    )


def _missing() -> NotFoundError:
    return NotFoundError("This photo's file is not there.")


class Folder:
    """A folder on a disk."""

    def __init__(self, folder: Path) -> None:
        """Keep files below `folder`, which is made when the first one comes."""
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Write to a name of its own, and give it the right one once it is on the disk; the names are on it too then."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                dir=path.parent, prefix=f"{name}.", suffix=_UNFINISHED, delete=False
            ) as file:
                try:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(path)
                except BaseException:
                    with contextlib.suppress(OSError):
                        Path(file.name).unlink()
                    raise
            # The folder of the folder, for it may be new.
            for folder in (path.parent, self._folder):
                _sync(folder)
        except OSError as error:
            if error.errno in _FULL:
                raise StoreFullError("There is no room for photos. Tell the owner; the photo is not lost.") from error
            raise _unavailable() from error

    def get(self, name: str) -> bytes:
        """Read it."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise _missing() from error
        except OSError as error:
            raise _unavailable() from error

    def remove(self, name: str) -> None:
        """Unlink it, and what a process that was killed had written of it."""
        path = self._path(name)
        try:
            for file in (path, *path.parent.glob(f"{name}.*{_UNFINISHED}")):
                file.unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable() from error

    def _path(self, name: str) -> Path:
        # Not all in one folder: some programs dislike folders of a hundred thousand files.
        return self._folder / name[:2] / name


def _sync(folder: Path) -> None:
    """Have a folder's names on the disk: a file that is there under no name is lost."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Bucket:
    """A bucket of Amazon S3 or what speaks like it: three requests, signed with Signature Version 4."""

    def __init__(self, settings: Settings) -> None:
        """Take the bucket's address and key."""
        self._region = settings.photo_bucket_region
        address = urlsplit(settings.photo_bucket_url or f"https://s3.{self._region}.amazonaws.com")
        self._is_https = address.scheme == "https"
        self._host, self._port = address.hostname or "", address.port
        self._netloc = address.netloc
        self._root = f"{address.path}/{quote(settings.photo_bucket or '', safe='')}/"
        self._key_id = settings.photo_bucket_key_id or ""
        self._secret = settings.photo_bucket_secret or ""

    def put(self, name: str, content: bytes) -> None:
        """PUT the object."""
        status, _ = self._send("PUT", name, content)
        if status == HTTPStatus.INSUFFICIENT_STORAGE:
            raise StoreFullError("There is no room for photos. Tell the owner; the photo is not lost.")
        if status != HTTPStatus.OK:
            raise _unavailable()

    def get(self, name: str) -> bytes:
        """GET the object."""
        status, content = self._send("GET", name)
        if status == HTTPStatus.NOT_FOUND:
            raise _missing()
        if status != HTTPStatus.OK:
            raise _unavailable()
        return content

    def remove(self, name: str) -> None:
        """DELETE the object."""
        status, _ = self._send("DELETE", name)
        if status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
            raise _unavailable()

    def _send(self, method: str, name: str, content: bytes = b"") -> tuple[int, bytes]:
        path = self._root + quote(name)
        headers = {"Host": self._netloc}
        if content:
            headers["Content-Type"] = "image/jpeg"
        signed = sign(
            method, path, headers, content, key_id=self._key_id, secret=self._secret, region=self._region, now=utc_now()
        )
        connection = self._connection()
        try:
            connection.connect()
            connection.sock.settimeout(READ_SECONDS)
            connection.request(method, path, content or None, signed)
            answer = connection.getresponse()
            received = answer.read(MAXIMUM_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise _unavailable() from error
        finally:
            connection.close()
        if len(received) > MAXIMUM_BYTES:
            raise _unavailable()
        return answer.status, received

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_https:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=CONNECT_SECONDS, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)


def sign(
    method: str,
    path: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    key_id: str,
    secret: str,
    region: str,
    now: datetime,
) -> dict[str, str]:
    """Return the headers with AWS Signature Version 4 over all of them; `path` is encoded, without a query."""
    digest = hashlib.sha256(content).hexdigest()
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    sent = {**headers, "x-amz-content-sha256": digest, "x-amz-date": moment}
    lines = sorted((name.lower(), value.strip()) for name, value in sent.items())
    names = ";".join(name for name, _ in lines)
    request = "\n".join([method, path, "", *(f"{name}:{value}" for name, value in lines), "", names, digest])
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    signature = hmac.digest(key, text.encode(), hashlib.sha256).hex()
    credential = f"Credential={key_id}/{scope}"
    return {**sent, "Authorization": f"AWS4-HMAC-SHA256 {credential},SignedHeaders={names},Signature={signature}"}
