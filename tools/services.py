"""PostgreSQL and Redis as one thing: yours where DATABASE_URL and REDIS_URL name them, else embedded ones."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.postgres import PostgresServer
from tools.redis_server import RedisServer
from tools.secret_store import Secrets


class Services:
    """The two servers that the product needs, as a context: started on entry, stopped on exit."""

    def __init__(
        self, folder: Path, secrets: Secrets, *, throw_away: bool = False, embedded_only: bool = False
    ) -> None:
        """Decide which servers are ours.

        Args:
            folder: where the embedded servers keep their data.
            secrets: the passwords.
            throw_away: whether their data may be lost.
            embedded_only: whether to ignore DATABASE_URL and REDIS_URL (tests never touch your servers).
        """
        given = {} if embedded_only else os.environ
        self._database_url = given.get("DATABASE_URL")
        self._redis_url = given.get("REDIS_URL")
        self.postgres = (
            None
            if self._database_url
            else PostgresServer(folder / "postgres", secrets.get("postgres_password"), throw_away=throw_away)
        )
        self.redis = (
            None
            if self._redis_url
            else RedisServer(folder / "redis", secrets.get("redis_password"), throw_away=throw_away)
        )

    @property
    def database_url(self) -> str:
        """Where the product's database is, as the product signs in."""
        return self._url("keytag_app")

    @property
    def owner_url(self) -> str:
        """The same for who migrates; in a database of yours that is whoever DATABASE_URL names."""
        return self._url("keytag_owner")

    def _url(self, role: str) -> str:
        if self.postgres:
            return self.postgres.url(role=role)
        assert self._database_url
        return self._database_url

    @property
    def redis_url(self) -> str:
        """Where the product's Redis is."""
        if self.redis:
            return self.redis.url()
        assert self._redis_url
        return self._redis_url

    @property
    def description(self) -> str:
        """What runs, in words."""
        return " and ".join(
            [
                self.postgres.description if self.postgres else "PostgreSQL at DATABASE_URL",
                self.redis.description if self.redis else "Redis at REDIS_URL",
            ]
        )

    def start(self) -> None:
        """Start both at once and wait until both are ready."""
        servers = [server for server in (self.redis, self.postgres) if server]
        for server in servers:
            server.launch()
        for server in servers:
            server.wait()

    def stop(self) -> None:
        """Stop Redis, then PostgreSQL."""
        try:
            if self.redis:
                self.redis.stop()
        finally:
            if self.postgres:
                self.postgres.stop()

    def __enter__(self) -> Self:
        """Start both; if one fails, leave none behind."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both."""
        self.stop()
