"""Figures for monitoring, in Prometheus's text format: how old runs and the seal are, what waits, what
failed.

Counts and times, no person, case or member. Not public: without the token of TSUNAGU_METRICS_TOKEN there is
nothing at this address.
"""

from collections.abc import Iterable
from hmac import compare_digest

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.runs.models import Run
from backend.runs.registry import RUNS

_WAITING = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(not_before)
               FILTER (WHERE state = 'ready' AND not_before <= clock_timestamp())), 0)::float,
           count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state = 'unclear')
    FROM cases_effect WHERE state IN ('ready', 'dead', 'unclear')
"""
_SEAL = """
    SELECT number, extract(epoch FROM clock_timestamp() - at)::float
    FROM seals_seal ORDER BY number DESC LIMIT 1
"""
_MAILS = "SELECT count(*) FROM runs_digest WHERE state IN ('unclear', 'refused')"


class _Figures(Collector):
    """Read anew each time somebody asks."""

    def collect(self) -> Iterable[Metric]:
        yield from _runs()
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            oldest, dead, unclear = cursor.fetchone()
            cursor.execute(_MAILS)
            (mails,) = cursor.fetchone()
            cursor.execute(_SEAL)
            number, age = cursor.fetchone() or (0, 0.0)
        yield GaugeMetricFamily(
            "tsunagu_effects_oldest_ready_seconds", "Age of the oldest effect due", oldest
        )
        yield GaugeMetricFamily("tsunagu_effects_dead", "Effects given up", dead)
        yield GaugeMetricFamily("tsunagu_effects_unclear", "Effects of which nobody knows the end", unclear)
        yield GaugeMetricFamily("tsunagu_digests_not_sent", "Mails refused or unclear", mails)
        yield GaugeMetricFamily("tsunagu_seal_number", "Number of the last seal", number)
        yield GaugeMetricFamily("tsunagu_seal_age_seconds", "Age of the last seal", age)


def _runs() -> Iterable[Metric]:
    """Of each run that ended at least once: when it last ended well, and the counts of its last start."""
    ended = GaugeMetricFamily("tsunagu_run_success_timestamp_seconds", "End of the last run", labels=["run"])
    counts = GaugeMetricFamily("tsunagu_run_count", "What the last run counted", labels=["run", "count"])
    failing = GaugeMetricFamily("tsunagu_run_failing", "1 while the last run failed", labels=["run"])
    interrupted = GaugeMetricFamily(
        "tsunagu_run_interrupted", "Days whose run was interrupted, by their work", labels=["run", "work"]
    )
    for kind in RUNS:
        for work, days in _interrupted(kind).items():
            interrupted.add_metric([kind, work], days)
        rows = Run.objects.filter(kind=kind, finished_at__isnull=False).order_by("-finished_at")
        last = rows.first()
        if last is None:
            continue
        well = rows.filter(state=Run.State.DONE).first()
        if well is not None and well.finished_at is not None:
            ended.add_metric([kind], well.finished_at.timestamp())
        failed = last.state == Run.State.FAILED or bool(last.counts.get("failed"))
        failing.add_metric([kind], float(failed))
        for name, count in last.counts.items():
            counts.add_metric([kind, name], count)
    yield from (ended, failing, counts, interrupted)


def _interrupted(kind: str) -> dict[str, int]:
    """How many days' runs ended without a word: still `open`, or `done` by the run of a later day."""
    rows = Run.objects.filter(kind=kind)
    left_open = rows.filter(state=Run.State.RUNNING, lease_until__lt=timezone.now())
    return {"open": left_open.count(), "done": rows.filter(caught_up_by__isnull=False).count()}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever shows the token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    wanted = settings.METRICS_TOKEN.encode()
    if not wanted or not compare_digest(given, wanted):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
