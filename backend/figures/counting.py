"""Counting for the board: what stands open now, and the way of the cases of this fiscal year and the last.

Each part replaces its rows in one transaction, so that a page never reads half of it. What stands open is
counted often and costs what is open; the ways go through the history and are counted once a day.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from backend.figures.models import Cohort, Pace, Tally
from backend.workflow.board import OPEN, Way, way

APPROVAL = "approval"
REQUESTS = "disclosure"
WAITING = ("disclosure.requested", "disclosure.referred")
APRIL = 4

_STANDING = """
    INSERT INTO figures_tally (controller, kind, key, open, late, today, held, counted_at)
    SELECT controller,
           CASE WHEN GROUPING(state) = 0 THEN 'state' WHEN GROUPING(area_id) = 0 THEN 'area'
                ELSE 'worker' END,
           coalesce(state, area_id, assignee_id::text, ''),
           count(*),
           count(*) FILTER (WHERE due_at < %(now)s AND held_at IS NULL),
           count(*) FILTER (WHERE due_at >= %(now)s AND due_at < %(midnight)s AND held_at IS NULL),
           count(*) FILTER (WHERE held_at IS NOT NULL),
           %(now)s
    FROM cases_case WHERE is_open
    GROUP BY GROUPING SETS ((controller, assignee_id), (controller, state), (controller, area_id))
"""

# The stages each case reached, each with the first moment; where it stands now counts as reached.
_REACHED = """
    WITH named AS (
        SELECT * FROM unnest(%(states)s::text[], %(stages)s::int[]) AS n (state, stage)
    ), found AS MATERIALIZED (
        SELECT id, controller, area_id, opened_at, entered_at, state, is_open FROM cases_case
        WHERE workflow = %(workflow)s AND opened_at >= %(since)s AND state <> ALL (%(left_out)s)
    ), reached AS MATERIALIZED (
        SELECT case_id, stage, min(at) AS at FROM (
            SELECT s.case_id, n.stage, s.recorded_at AS at
            FROM found f JOIN cases_step s ON s.case_id = f.id JOIN named n ON n.state = s.to_state
            UNION ALL
            SELECT f.id, n.stage, f.entered_at FROM found f JOIN named n ON n.state = f.state
            UNION ALL
            SELECT id, 0, opened_at FROM found
        ) AS every GROUP BY case_id, stage
    )
"""
_COHORTS = (
    _REACHED
    + """
    , furthest AS (SELECT case_id, max(stage) AS stage FROM reached GROUP BY case_id)
    INSERT INTO figures_cohort (controller, month, area, stage, ending, cases, counted_at)
    SELECT f.controller, date_trunc('month', f.opened_at AT TIME ZONE 'Asia/Tokyo')::date, f.area_id, r.stage,
           coalesce(e.ending, %(open)s), count(*), %(now)s
    FROM found f JOIN furthest r ON r.case_id = f.id
    LEFT JOIN unnest(%(ends)s::text[], %(endings)s::text[]) AS e (state, ending) ON e.state = f.state
    GROUP BY 1, 2, 3, 4, 5
"""
)
_PACE = (
    _REACHED
    + """
    INSERT INTO figures_pace (controller, year, stage, cases, minutes, counted_at)
    SELECT f.controller,
           extract(year FROM (f.opened_at AT TIME ZONE 'Asia/Tokyo') - interval '3 months')::int,
           (%(names)s::text[])[later.stage + 1], count(*),
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM later.at - earlier.at))
            / 60)::int,
           %(now)s
    FROM found f
    JOIN reached later ON later.case_id = f.id
    JOIN reached earlier ON earlier.case_id = f.id AND earlier.stage = later.stage - 1
         AND earlier.at <= later.at
    GROUP BY 1, 2, 3
"""
)
# How long requests waited before each decision of the last 90 days.
_APPROVALS = """
    INSERT INTO figures_pace (controller, year, stage, cases, minutes, counted_at)
    SELECT c.controller, %(year)s, %(stage)s, count(*),
           (avg(extract(epoch FROM s.recorded_at - came.at)) / 60)::int, %(now)s
    FROM cases_case c
    JOIN cases_step s ON s.case_id = c.id AND s.from_state = ANY (%(waiting)s) AND s.to_state <> s.from_state
         AND s.recorded_at >= %(since)s
    CROSS JOIN LATERAL (
        SELECT max(b.recorded_at) AS at FROM cases_step b
        WHERE b.case_id = c.id AND b.seq < s.seq AND b.to_state = s.from_state AND b.from_state <> b.to_state
    ) AS came
    WHERE c.workflow = %(workflow)s AND came.at IS NOT NULL
      AND (c.is_open OR c.closed_at >= %(since)s)
    GROUP BY c.controller
"""


@dataclass(frozen=True)
class Fresh:
    """When a part was counted last; None for never."""

    standing: datetime | None
    ways: datetime | None


def fresh() -> Fresh:
    return Fresh(_last(Tally), _last(Cohort))


def _last(model: type[Tally] | type[Cohort]) -> datetime | None:
    return model._default_manager.order_by("-counted_at").values_list("counted_at", flat=True).first()


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year a day lies in: it begins in April."""
    return day.year - (day.month < APRIL)


def standing(now: datetime) -> int:
    """Count what stands open. Returns how many rows it made."""
    midnight = datetime.combine(timezone.localdate(now) + timedelta(days=1), time(), _zone())
    with transaction.atomic(), connection.cursor() as cursor:
        _alone(cursor, Tally)
        Tally.objects.all().delete()
        cursor.execute(_STANDING, {"now": now, "midnight": midnight})
        return int(cursor.rowcount)


def ways(now: datetime) -> int:
    """Count the ways of this fiscal year's cases and the last's. Returns how many rows it made."""
    year = fiscal_year(timezone.localdate(now))
    values = _values(way(), datetime.combine(date(year - 1, APRIL, 1), time(), _zone()), now)
    waited: dict[str, Any] = {
        "year": year, "stage": APPROVAL, "workflow": REQUESTS, "waiting": list(WAITING), "now": now,
        "since": now - timedelta(days=90),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # the limit is for pages; this reads two years
        _alone(cursor, Cohort)
        Cohort.objects.all().delete()
        Pace.objects.all().delete()
        made = 0
        for statement, given in ((_COHORTS, values), (_PACE, values), (_APPROVALS, waited)):
            cursor.execute(statement, given)
            made += int(cursor.rowcount)
        return made


def _values(found: Way, since: datetime, now: datetime) -> dict[str, Any]:
    stages = [(place, state) for place, group in enumerate(found.stages) for state in group.states]
    ends = [(group.name, state) for group in found.endings for state in group.states]
    return {
        "workflow": found.workflow,
        "since": since,
        "now": now,
        "open": OPEN,
        "names": [group.name for group in found.stages],
        "states": [f"{found.workflow}.{state}" for _place, state in stages],
        "stages": [place for place, _state in stages],
        "ends": [f"{found.workflow}.{state}" for _name, state in ends],
        "endings": [name for name, _state in ends],
        "left_out": [f"{found.workflow}.{state}" for state in found.left_out],
    }


def _alone(cursor: Any, model: type[Tally] | type[Cohort]) -> None:
    """One at a time: a second one waits and counts anew."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [model._meta.db_table])


def _zone() -> Any:
    return timezone.get_default_timezone()
