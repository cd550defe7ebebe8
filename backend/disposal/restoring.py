"""After a backup was restored: what was destroyed since it was made is destroyed again.

It works with the owner's rights, because the approvals themselves may be younger than the backup, and even
the members who gave them: then the list names their accounts alone. The number of the certificate is the one
it had; what it counts is what the backup held. Contents erased in a case that goes on are erased again
without the step that named them, which the backup does not have (`backend.disposal.contents`).
"""

import json
from uuid import UUID

from django.db import connections, transaction

from backend.disposal import carrying_out, erasures
from backend.disposal.erasures import Erased
from backend.letters.models import DisposedLetter

_LIST = """
    INSERT INTO disposal_disposallist
        (id, controller, made_by_id, made_account, made_at, approved_by_id, approved_account, approved_at,
         decline_reason, restored_at)
    VALUES (%(list)s, %(controller)s, (SELECT id FROM people_member WHERE id = %(made_by)s), %(made_account)s,
            %(made_at)s, (SELECT id FROM people_member WHERE id = %(approved_by)s), %(approved_account)s,
            %(approved_at)s, '', now())
    ON CONFLICT (id) DO UPDATE SET approved_by_id = EXCLUDED.approved_by_id, declined_by_id = NULL,
        declined_at = NULL, approved_account = EXCLUDED.approved_account, approved_at = EXCLUDED.approved_at,
        restored_at = EXCLUDED.restored_at
"""
_ITEMS = """
    INSERT INTO disposal_disposalitem
        (list_id, kind, subject, number, workflow, closed_on, ends_on, cite, outcome, why_kept)
    SELECT %(list)s, 'case', c.id, c.number, c.workflow, (c.closed_at AT TIME ZONE 'Asia/Tokyo')::date,
           NULL::date, '', '', ''
    FROM cases_case c WHERE c.id = ANY(%(cases)s::uuid[])
    UNION ALL
    SELECT %(list)s, 'person', p.id, '', '', NULL::date, NULL::date, '', '', ''
    FROM people_person p WHERE p.id = ANY(%(persons)s::uuid[])
    ON CONFLICT (list_id, subject) DO NOTHING
"""
_CONTENTS = """
    INSERT INTO disposal_erasure
        (id, case_id, controller, basis, reason, contents, asked_by_id, asked_account, asked_at,
         approved_by_id, approved_account, approved_at, decline_reason, restored_at)
    VALUES (%(list)s, %(case)s, %(controller)s, '', '', %(contents)s,
            (SELECT id FROM people_member WHERE id = %(made_by)s), %(made_account)s, %(made_at)s,
            (SELECT id FROM people_member WHERE id = %(approved_by)s), %(approved_account)s, %(approved_at)s,
            '', now())
    ON CONFLICT (id) DO UPDATE SET approved_by_id = EXCLUDED.approved_by_id, declined_by_id = NULL,
        declined_at = NULL, approved_account = EXCLUDED.approved_account, approved_at = EXCLUDED.approved_at,
        restored_at = EXCLUDED.restored_at
"""
_FORGET = "SELECT tsunagu_forget(%(list)s::uuid, %(at)s::timestamptz)"
_ERASE = """
    SELECT tsunagu_erase(%(list)s::uuid, %(number)s, %(at)s::timestamptz,
        ARRAY(SELECT id FROM cases_case WHERE id = ANY(%(cases)s::uuid[])),
        ARRAY(SELECT id FROM people_person WHERE id = ANY(%(persons)s::uuid[])))
"""


def replay() -> list[Erased]:
    """Destroy again what came back with a backup; each list whole or not at all. Returns what was."""
    found = erasures.come_back()
    for one in found:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            values = {
                **vars(one),
                "list": UUID(one.list),
                "cases": list(one.cases),
                "persons": list(one.persons),
                "contents": json.dumps(one.contents),
            }
            for statement in (_CONTENTS, _FORGET) if one.case else (_LIST, _ITEMS, _ERASE):
                cursor.execute(statement, values)
    if DisposedLetter.objects.exists():
        carrying_out.forget_files()
    return found
