"""For machines that watch Obeya: does it live, and how does it stand, in Prometheus' form."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, exposition
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from obeya.catalog import queries as catalog
from obeya.decisions import queries as decisions
from obeya.inbox import queries as inbox
from obeya.journal import queries as journal
from obeya.lib import clock
from obeya.outbox import queries as outbox
from obeya.people.queries import Function
from obeya.web import access, tokens

FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
OVERDUE_S = (1, 5, 30, 60, 300, 900, 3600)
"""Bounds in seconds of the histogram of overdue requests."""


@access.anyone
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 where this process lives and its database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "The database does not answer."}, status=503)
    return JsonResponse({"status": "ok"})


@access.token(Function.IT)
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for a program on this machine or one with the token of somebody in IT."""
    if not is_loopback(request):
        caller = tokens.find_caller(request)
        if caller is None:
            answer = HttpResponse("Send a token of somebody in IT.", status=401, content_type="text/plain")
            answer["WWW-Authenticate"] = "Bearer"
            return answer
        if not access.Rule("token", frozenset({Function.IT})).sites_of(caller.held):
            return HttpResponse("This is for IT.", status=403, content_type="text/plain")
    encode, content_type = exposition.choose_encoder(request.headers.get("Accept", ""))
    try:
        return HttpResponse(encode(REGISTRY), content_type=content_type)
    except Error:
        return HttpResponse("The database does not answer.", status=503, content_type="text/plain")


def is_loopback(request: HttpRequest) -> bool:
    """True for a program on this machine itself; behind a proxy every caller looks like one, so nobody is."""
    if settings.SECURE_PROXY_SSL_HEADER or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class FromDatabase(Collector):
    """How everything stands, asked of the database at each scrape: the same from every process."""

    def collect(self) -> Iterable[Metric]:
        """The figures, each by its labels."""
        yield _gauge(
            "obeya_signals_unsettled",
            "Signals that are not understood yet, wait for a person, or were refused.",
            ("site", "source", "state"),
            inbox.count_unsettled().items(),
        )
        yield _refused()
        yield _gauge(
            "obeya_requests_open",
            "Decision requests nobody has answered.",
            ("site", "function"),
            decisions.count_open().items(),
        )
        yield _overdue()
        yield _gauge(
            "obeya_events_unsealed",
            "Events whose reactions no worker has been given yet.",
            (),
            [((), journal.count_unsealed())],
        )
        yield _gauge(
            "obeya_jobs",
            "Jobs that wait or are being done.",
            ("queue", "state"),
            journal.count_jobs().items(),
        )
        yield from _connectors()


def _gauge(
    name: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for named, value in sorted(values):
        family.add_metric(named, value)
    return family


def _refused() -> CounterMetricFamily:
    family = CounterMetricFamily(
        "obeya_deliveries_refused", "Deliveries turned away at the door.", labels=("source", "reason")
    )
    for told in inbox.list_refusals():
        family.add_metric((told.source, told.reason), told.count)
    return family


def _overdue() -> GaugeHistogramMetricFamily:
    late = decisions.overdue_seconds(clock.now())
    buckets = [(str(float(bound)), float(sum(one <= bound for one in late))) for bound in OVERDUE_S]
    family = GaugeHistogramMetricFamily(
        "obeya_requests_overdue_seconds", "Open requests past their stored due moment: by how much."
    )
    family.add_metric((), [*buckets, ("+Inf", float(len(late)))], float(sum(late)))
    return family


def _connectors() -> Iterable[Metric]:
    posting = outbox.health()
    yield _gauge(
        "obeya_postings_unfinished",
        "Postings on their way to ERP, or stopped.",
        ("connector", "state"),
        [((one.connector, state), count) for one in posting for state, count in one.counts.items()],
    )
    reading = catalog.connector_health()
    yield _gauge(
        "obeya_connector_healthy",
        "1 where a connector works.",
        ("connector", "site", "direction"),
        [
            *(((one.connector, "*", "post"), one.healthy) for one in posting),
            *(((one.connector, one.site, "read"), one.healthy) for one in reading),
        ],
    )
    yield _gauge(
        "obeya_mirror_age_seconds",
        "How old what is mirrored from ERP is.",
        ("connector", "site", "entity"),
        [
            ((one.connector, one.site, entity.entity), entity.age.total_seconds())
            for one in reading
            for entity in one.entities
            if entity.age is not None
        ],
    )


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FromDatabase())
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


REGISTRY = _registry()
