"""What each role of the cast may list, written by hand in SQL, as short as a good engineer would.

It says the same as the policies, to the row; the bench compares the two and fails when they part.
"""

from typing import Any

from backend.access import MemberFacts

_C = "controller = %(controller)s"
_MINE = "reporter_id = %(me)s"
_ASSIGNED = "assignee_id = %(me)s"
_RECEIVED = "receiver_id = %(organisation)s"
_FOR_ALL = (  # what holds for everybody but supervisors and the privacy officer
    "state NOT LIKE '%%entered_in_error' AND workflow <> 'glass_review'"
    f" AND (workflow <> 'disclosure' OR {_C})"
)
_OWN_REQUEST = f"workflow = 'disclosure' AND {_C}"
_WATCHED = "watchers @> jsonb_build_array(%(me)s::text)"
_GIVEN = (
    "facts ->> 'consent' IN ('given', 'partial')"
    " AND coalesce(facts ->> 'consent_until', '9999-12-31') >= %(today)s"
)
_BASIS = "facts ->> 'legal_basis' <> '' AND facts ->> 'basis_recipient' = %(organisation)s"
_AGREED = f"coalesce(facts ->> 'consent', '') NOT IN ('refused', 'withdrawn') OR {_BASIS}"
_SENT = f"is_open AND {_RECEIVED} AND ({_GIVEN} OR {_BASIS})"
_FOLLOWED = f"is_open AND {_ASSIGNED} AND workflow = 'follow_up' AND ({_MINE} OR {_C} OR {_AGREED})"

CONDITIONS = {
    "caseworker": (
        f"{_FOR_ALL} AND ({_C} OR {_MINE}) AND (NOT protected OR {_ASSIGNED} OR {_MINE} AND {_OWN_REQUEST})"
    ),
    "supervisor": f"{_C} OR ({_MINE} AND NOT protected AND workflow <> 'disclosure')",
    "privacy_officer": (
        f"({_C} OR {_MINE}) AND (workflow <> 'disclosure' OR {_C}) AND (NOT protected OR {_OWN_REQUEST})"
    ),
    "csw_staff": (
        f"{_FOR_ALL} AND (({_C} OR {_MINE})"
        f" AND (NOT protected OR {_ASSIGNED} OR {_RECEIVED} OR {_MINE} AND {_OWN_REQUEST})"
        f" OR is_open AND {_ASSIGNED} AND ({_MINE} OR {_AGREED}) OR {_SENT})"
    ),
    "welfare_commissioner": (
        f"{_FOR_ALL} AND ({_MINE} AND (NOT protected OR {_OWN_REQUEST}) OR NOT protected AND {_FOLLOWED}"
        f" OR is_open AND NOT protected AND area_id = ANY (%(areas)s) AND ({_WATCHED} OR {_ASSIGNED})"
        f" AND ({_AGREED}))"
    ),
    "welfare_volunteer": (
        f"{_FOR_ALL} AND ({_MINE} AND (NOT protected OR {_OWN_REQUEST})"
        f" OR is_open AND NOT protected AND area_id = ANY (%(areas)s) AND {_WATCHED} AND {_GIVEN})"
    ),
    "agency_staff": (
        f"{_FOR_ALL} AND ({_MINE} AND (NOT protected OR {_RECEIVED} OR {_OWN_REQUEST})"
        f" OR (NOT protected OR {_RECEIVED}) AND {_FOLLOWED} OR {_SENT})"
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
