"""What a server does, in figures for monitoring (Prometheus): requests, statements, jobs, and the process itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from kith.runtime.database import Connection
from kith.runtime.queue.looking import counts
from kith.runtime.schema import system

KIND = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ROUTES = 500
"""Kinds of requests that are told apart: addresses come from the routes, never from a request."""


class Measures:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        for own in (ProcessCollector, PlatformCollector, GCCollector):
            own(registry=self._registry)
        registry, labels = self._registry, ("method", "route", "status")
        self._requests = Counter("kith_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "kith_request_seconds", "Seconds until the answer was sent.", labels[:2], buckets=BUCKETS, registry=registry
        )
        self._turned_away = Counter("kith_turned_away", "Requests refused at the gate.", ("reason",), registry=registry)
        self._slow = Histogram(
            "kith_slow_statement_seconds", "Seconds of slow statements.", buckets=BUCKETS, registry=registry
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        key = (method, route, status)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= ROUTES:
                method, route = "other", "other"
            found = self._requests.labels(method, route, status), self._seconds.labels(method, route)
            self._known[key] = found
        found[0].inc()
        found[1].observe(seconds)

    def turned_away(self, reason: str) -> None:
        """Count a request that was refused before any page or address of the API saw it."""
        self._turned_away.labels(reason).inc()

    def slow(self, seconds: float) -> None:
        """Count a statement that took long."""
        self._slow.observe(seconds)

    def text(self, workspace: Standing) -> bytes:
        """All figures in Prometheus's own form, with how the workspace stands now."""
        registry = CollectorRegistry()
        registry.register(workspace)
        return generate_latest(self._registry) + generate_latest(registry)


class Standing(Collector):
    """How a workspace stands: its release, and what waits in the queue."""

    def __init__(self, connection: Connection, release: int, now: datetime) -> None:
        self._connection, self._release, self._now = connection, release, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures, asked of the database now."""
        yield GaugeMetricFamily("kith_release", "The release that is served.", self._release)
        jobs = GaugeMetricFamily("kith_jobs", "Jobs by state.", labels=["state"])
        for state, count in counts(self._connection).items():
            jobs.add_metric([state], count)
        yield jobs
        job = system.job
        due = sa.select(sa.func.min(job.c.due_at)).where(job.c.state == "waiting", job.c.due_at <= self._now)
        oldest: datetime | None = self._connection.scalar(due)
        late = (self._now - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("kith_jobs_late_seconds", "Since when the oldest job that is due waits.", late)
