"""/metrics: counts and times for Prometheus, which say nothing of anybody."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.access import opens
from api.body import Blueprint
from service.settings import COUNTS
from service.store import Store
from service.store.counts import deliveries_by_state, runs_by_state

resource = Blueprint("metrics", __name__, description="For whoever runs the service")


class Kept(Collector):
    """How many runs and deliveries are in each state, counted when somebody asks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, told, counts in (
            ("kring_runs", "Runs by state", runs_by_state(self._store)),
            ("kring_deliveries", "Deliveries of forms by state", deliveries_by_state(self._store)),
        ):
            family = GaugeMetricFamily(name, told, labels=["state"])
            for state, count in sorted(counts.items()):
                family.add_metric([state], count)
            yield family


def _added_up(store: Store) -> CollectorRegistry:
    """The counts of all processes that answer, and of those that have died."""
    registry = CollectorRegistry()
    registry.register(Kept(store))
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it registers itself
    return registry


def measure(app: Flask, store: Store) -> None:
    """Measures every call of an app, by the pattern of its address: never the address itself, which may hold an id."""
    registry = CollectorRegistry()
    registry.register(Kept(store))
    took = Histogram("kring_request_seconds", "Seconds of a call", ["method", "route", "status"], registry=registry)
    app.extensions["kring-metrics"] = registry if COUNTS not in os.environ else _added_up(store)

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        route = "none" if request.url_rule is None else request.url_rule.rule
        took.labels(request.method, route, str(response.status_code)).observe(time.perf_counter() - g.began)
        return response


@resource.route("/metrics")
@opens()
@resource.doc(security=[])
@resource.response(200, description="In the text format of Prometheus")
def metrics() -> Response:
    """Counts and times"""
    return Response(generate_latest(current_app.extensions["kring-metrics"]), content_type=CONTENT_TYPE_LATEST)
