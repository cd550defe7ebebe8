"""Very many cases in one statement, for a scratch database: spread over areas, controllers and years."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction

from backend.people.models import Area, Member, Organisation

# Ids and codes are drawn from arrays; the same seed draws the same on the same server.
_MAKE = """
INSERT INTO cases_case (
  id, number, controller, workflow, definition, state, kind, revision, head, area_id, owner_role, assignee_id,
  receiver_id, reporter_id, watchers, urgency, facts, protected, is_open, due_at, opened_at, entered_at,
  closed_at
)
SELECT
  md5(n::text || 'case')::uuid, 'B' || n, controller, workflow, repeat('0', 64), workflow || '.' || state,
  CASE state WHEN 'detected' THEN 'new' WHEN 'referred' THEN 'theirs' WHEN 'closed' THEN 'done'
    WHEN 'entered_in_error' THEN 'stopped' ELSE 'ours' END,
  1, decode(repeat('00', 32), 'hex'), area, 'caseworker',
  CASE WHEN state <> 'detected' THEN
    CASE WHEN controller = 'city' AND chance_c > 0.05
      THEN (%(caseworkers)s::uuid[])[1 + floor(chance_b * array_length(%(caseworkers)s::uuid[], 1))]
      ELSE (%(csw)s::uuid[])[1 + floor(chance_b * array_length(%(csw)s::uuid[], 1))] END END,
  CASE WHEN state = 'referred' OR (state = 'closed' AND chance_a > 0.7)
    THEN (%(receivers)s::text[])[1 + floor(chance_d * array_length(%(receivers)s::text[], 1))] END,
  CASE WHEN chance_e < 0.6
    THEN (%(members)s::uuid[])[1 + floor(chance_e / 0.6 * array_length(%(members)s::uuid[], 1))] END,
  CASE WHEN chance_f < 0.1 AND jsonb_array_length(watching) > 0
    THEN jsonb_build_array(watching -> floor(chance_f * 10 * jsonb_array_length(watching))::int)
    ELSE '[]'::jsonb END,
  CASE WHEN state = 'detected' THEN '' ELSE substr('ABCCDD', 1 + floor(chance_d * 6)::int, 1) END,
  jsonb_strip_nulls(jsonb_build_object(
    'consent', CASE WHEN chance_g < 0.5 THEN 'given' WHEN chance_g < 0.6 THEN 'partial'
      WHEN chance_g < 0.7 THEN 'refused' WHEN chance_g < 0.73 THEN 'withdrawn'
      WHEN chance_g < 0.78 THEN 'requested' END,
    'consent_until', CASE WHEN chance_g < 0.3 THEN (opened + interval '3 years')::date::text END,
    'abuse', CASE WHEN chance_h < 0.03 THEN 'elder' END)),
  chance_h > 0.99, state NOT IN ('closed', 'entered_in_error'),
  CASE WHEN state NOT IN ('closed', 'entered_in_error') THEN opened + chance_c * interval '90 days' END,
  opened, opened + chance_d * interval '20 days',
  CASE WHEN state IN ('closed', 'entered_in_error') THEN opened + chance_c * interval '200 days' END
FROM (
  SELECT n, %(until)s::timestamptz - (1.0 - n::float / %(cases)s) * interval '3650 days' AS opened,
    CASE WHEN random() < 0.85 THEN 'city' ELSE 'csw' END AS controller,
    (%(workflows)s::text[])[1 + floor(random() * array_length(%(workflows)s::text[], 1))] AS workflow,
    (%(areas)s::text[])[1 + floor(random() * array_length(%(areas)s::text[], 1))] AS area,
    CASE WHEN chance < 0.005 THEN 'entered_in_error' WHEN chance < 0.92 THEN 'closed'
      WHEN chance < 0.94 THEN 'detected' WHEN chance < 0.96 THEN 'referred' ELSE 'supporting' END AS state,
    random() AS chance_a, random() AS chance_b, random() AS chance_c, random() AS chance_d,
    random() AS chance_e, random() AS chance_f, random() AS chance_g, random() AS chance_h
  FROM (SELECT n, random() AS chance FROM generate_series(1, %(cases)s) AS n) AS numbered
) AS made, LATERAL (SELECT coalesce(%(watchers)s::jsonb -> area, '[]'::jsonb) AS watching) AS near
"""
_WATCH = ("welfare_commissioner", "welfare_volunteer")
# Of twenty cases fifteen are referrals, the others what follows from them.
_WORKFLOWS = (*["referral"] * 15, "disclosure", "disclosure", "follow_up", "follow_up", "glass_review")
UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)


def make(cases: int) -> None:
    """Write that many cases of the last ten years for the members and areas that are there.

    Eight in a hundred are open. Ten in a hundred are watched by a commissioner or volunteer of their area.
    """
    areas = list(Area.objects.filter(kind="neighborhood_association").order_by("code"))
    receivers = Organisation.objects.filter(accepts_referrals=True).order_by("code")
    watchers = list(Member.objects.filter(role__in=_WATCH).order_by("id"))
    values: dict[str, Any] = {
        "cases": cases,
        "until": UNTIL,
        "workflows": list(_WORKFLOWS),
        "areas": [area.code for area in areas],
        "caseworkers": _ids("caseworker"),
        "csw": _ids("csw_staff"),
        "members": list(Member.objects.order_by("id").values_list("id", flat=True)),
        "receivers": list(receivers.values_list("code", flat=True)),
        "watchers": json.dumps(
            {
                area.code: [str(it.id) for it in watchers if it.area_id in {area.code, area.parent_id}]
                for area in areas
            }
        ),
    }
    # A million rows take longer than an office's statement may.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT setseed(0.8)")
        cursor.execute(_MAKE, values)


def settle() -> None:
    """Count and tidy the committed cases, as a database that has stood for a night has done."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cases_case")


def _ids(role: str) -> list[UUID]:
    return list(Member.objects.filter(role=role).order_by("id").values_list("id", flat=True))
