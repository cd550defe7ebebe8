"""What must stay although its retention is over: whoever else needs it holds it back by itself.

A case is held back by a hold somebody placed, by a running case of the same person or that followed from it
(a request for disclosure above all), by what stays and rests on it, and while no seal has seen its last step.
A person is held back by anything that stays and is about them or somebody they live with.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

_CASES = """
    SELECT c.id, CASE
        WHEN EXISTS (SELECT FROM disposal_hold h WHERE h.case_id = c.id AND h.ended_at IS NULL) THEN 'hold'
        WHEN c.is_open THEN 'open'
        WHEN EXISTS (SELECT FROM cases_case o WHERE o.is_open AND o.workflow = 'data_request'
                     AND o.person_id = c.person_id) THEN 'request'
        WHEN EXISTS (SELECT FROM cases_case o WHERE o.is_open AND o.person_id = c.person_id) THEN 'running'
        WHEN EXISTS (SELECT FROM cases_case o WHERE o.is_open AND o.facts ->> 'source' = c.id::text)
            THEN 'running'
        WHEN EXISTS (SELECT FROM cases_effect e WHERE e.case_id = c.id
                     AND e.state IN ('ready', 'claimed', 'sending')) THEN 'effects'
        WHEN EXISTS (SELECT FROM disclosures_package p
                     WHERE p.source_id = c.id AND p.case_id <> ALL(%(going)s))
          OR EXISTS (SELECT FROM councils_agendaitem a
                     WHERE a.case_id = c.id AND a.session_id <> ALL(%(going)s))
          OR EXISTS (SELECT FROM consents_consent x JOIN consents_consent y ON y.id = x.ended_by_id
                     WHERE y.case_id = c.id AND x.case_id <> ALL(%(going)s)) THEN 'needed'
        WHEN NOT EXISTS (SELECT FROM seals_chain k JOIN seals_leaf l ON l.place = k.place
                         WHERE k.chain = c.id AND l.seq = c.revision AND l.head = c.head) THEN 'unsealed'
        ELSE '' END
    FROM cases_case c WHERE c.id = ANY(%(going)s)
"""
# The records merged into a person's are that person's: none of them goes without the others.
_PERSONS = """
    WITH RECURSIVE about AS (
        SELECT DISTINCT p.id AS root, p.id FROM people_person p
        JOIN cases_case c ON c.person_id = p.id
        WHERE c.id = ANY(%(going)s) AND p.merged_into_id IS NULL
        UNION SELECT a.root, p.id FROM people_person p JOIN about a ON p.merged_into_id = a.id
    ), staying AS (
        SELECT person_id AS id FROM cases_case WHERE id <> ALL(%(going)s) AND person_id IS NOT NULL
        UNION SELECT person_id FROM disclosures_package WHERE case_id <> ALL(%(going)s)
        UNION SELECT person_id FROM consents_consent WHERE case_id <> ALL(%(going)s) AND person_id IS NOT NULL
        UNION SELECT person_id FROM councils_agendaitem
              WHERE session_id <> ALL(%(going)s) AND person_id IS NOT NULL
    ), needed AS (
        SELECT id FROM staying
        UNION SELECT other_id FROM people_personrelation WHERE person_id IN (SELECT id FROM staying)
        UNION SELECT person_id FROM people_personrelation WHERE other_id IN (SELECT id FROM staying)
        UNION SELECT p.id FROM people_person p JOIN people_person s ON s.household_id = p.household_id
              WHERE s.id IN (SELECT id FROM staying)
    )
    SELECT id FROM about
    WHERE root NOT IN (SELECT a.root FROM about a JOIN needed n ON n.id = a.id) ORDER BY id
"""


def held_back(cases: Iterable[UUID]) -> Mapping[UUID, str]:
    """Why each of these cases cannot be destroyed with the others: a code of `words.WHY_KEPT`, "" if it can.

    What one that stays rests on stays as well.
    """
    going = set(cases)
    why: dict[UUID, str] = {}
    while True:
        found = {own: code for own, code in _rows(_CASES, going) if code}
        if not found:
            return {**dict.fromkeys(going, ""), **why}
        why |= found
        going -= set(found)


def persons_of(cases: Iterable[UUID]) -> list[UUID]:
    """The persons nobody needs any more once these cases are gone."""
    return [row[0] for row in _rows(_PERSONS, set(cases))]


def _rows(statement: str, going: set[UUID]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"going": sorted(going)})
        return list(cursor.fetchall())
