"""What each role of the cast may list, written by hand in SQL, as short as a good engineer would.

It says the same as the policies, to the row; the bench compares the two and fails when they part.
"""

from typing import Any

from backend.access import MemberFacts

_SOUND = "state NOT LIKE '%%entered_in_error'"
_MINE = "reporter_id = %(me)s"
_WATCHED = "watchers @> jsonb_build_array(%(me)s::text)"
_GIVEN = (
    "facts ->> 'consent' IN ('given', 'partial')"
    " AND coalesce(facts ->> 'consent_until', '9999-12-31') >= %(today)s"
)
_BASIS = "facts ->> 'legal_basis' <> '' AND facts ->> 'basis_recipient' = %(organisation)s"
_NOT_REFUSED = "coalesce(facts ->> 'consent', '') NOT IN ('refused', 'withdrawn')"
_OURS = "NOT protected OR assignee_id = %(me)s"
_THEIRS = f"{_OURS} OR receiver_id = %(organisation)s"

CONDITIONS = {
    "caseworker": f"{_SOUND} AND (controller = %(controller)s OR {_MINE}) AND ({_OURS})",
    "supervisor": f"controller = %(controller)s OR ({_MINE} AND NOT protected)",
    "privacy_officer": f"NOT protected AND (controller = %(controller)s OR {_MINE})",
    "csw_staff": (
        f"{_SOUND} AND ((controller = %(controller)s OR {_MINE}) AND ({_THEIRS})"
        f" OR is_open AND assignee_id = %(me)s AND ({_MINE} OR {_NOT_REFUSED} OR {_BASIS})"
        f" OR is_open AND receiver_id = %(organisation)s AND ({_GIVEN} OR {_BASIS}))"
    ),
    "welfare_commissioner": (
        f"{_SOUND} AND NOT protected AND ({_MINE} OR is_open AND area_id = ANY (%(areas)s)"
        f" AND ({_WATCHED} OR assignee_id = %(me)s) AND ({_NOT_REFUSED} OR {_BASIS}))"
    ),
    "welfare_volunteer": (
        f"{_SOUND} AND NOT protected AND ({_MINE} OR is_open AND area_id = ANY (%(areas)s)"
        f" AND {_WATCHED} AND {_GIVEN})"
    ),
    "agency_staff": (
        f"{_SOUND} AND ({_MINE} AND (NOT protected OR receiver_id = %(organisation)s)"
        f" OR is_open AND receiver_id = %(organisation)s AND ({_GIVEN} OR {_BASIS}))"
    ),
}


def values(member: MemberFacts, areas: list[str], today: str) -> dict[str, Any]:
    """The parameters of a condition: `areas` are the member's and those in it, `today` is ISO text."""
    return {
        "me": member.id,
        "organisation": member.organisation,
        "controller": member.controller,
        "areas": areas,
        "today": today,
    }
