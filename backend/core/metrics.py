"""Prometheus series of the web process; labels are route templates, never ids or paths."""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client import REGISTRY as PROCESS_REGISTRY

from backend.core import live

REQUEST_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "Time to answer, by route template.",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.8, 1.2, 2.5, 5),
)
CACHE_HITS = Counter("cache_hits_total", "Answers served from a cache, by cache and result.", ["cache", "result"])
LOGIN_ATTEMPTS = Counter("login_attempts_total", "Sign-in tries by result.", ["result"])
MESSAGE_ACCEPT_SECONDS = Histogram(
    "message_accept_duration_seconds",
    "Time from a message's request to its committed row.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)
STATUS_CONFLICTS = Counter("status_conflicts_total", "Ends of a message that contradict the one that was told first.")
WEBHOOKS = Counter("webhook_received_total", "Requests of providers, by what they were.", ["provider", "result"])
SIGNATURE_FAILURES = Counter("webhook_signature_failures_total", "Requests that no provider of ours has signed.")
CONSENT_EVENTS = Counter("consent_events_total", "Entries in the consent log.", ["kind", "method"])
OPEN_STREAMS = Gauge("live_streams_open", "Open event streams.", multiprocess_mode="livesum")


def init_app(app: Flask) -> None:
    """Observe every request."""
    app.after_request(_observe)


def _observe(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unmatched"
    started = g.get("started")
    if started is not None:
        REQUEST_SECONDS.labels(request.method, route, str(response.status_code)).observe(time.perf_counter() - started)
    return response


def exposition() -> tuple[bytes, str]:
    """Return the text of /metrics, gathered over all processes where they share a folder."""
    OPEN_STREAMS.set(live.hub().count)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # noqa: TID251  the library's own variable, as its documentation asks
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST
    return generate_latest(PROCESS_REGISTRY), CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Family:
    """A series of gauges that is read from the database when it is asked for; `rows` are label values and number."""

    name: str
    help: str
    labels: tuple[str, ...]
    rows: Sequence[tuple[tuple[str, ...], float]]


def rendered(families: Iterable[Family]) -> bytes:
    """Return families as text of /metrics."""
    registry = CollectorRegistry()
    for family in families:
        gauge = Gauge(family.name, family.help, family.labels, registry=registry)
        for values, number in family.rows:
            (gauge.labels(*values) if values else gauge).set(number)
    return generate_latest(registry)
