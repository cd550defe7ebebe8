"""The SQL of the door: one statement reads and locks, one writes; with BEGIN and COMMIT four round trips.

They bypass the ORM on purpose (a step through the ORM costs three times as much) and are the only raw writes
to these tables. Every value is a parameter; what is put together here are names from this program.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from backend.cases.models import Case
from backend.people.rows import MEMBER_COLUMNS, MEMBER_JOINS

_PLACE = re.compile(r"%\((\w+)\)s")


@cache
def numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `%(name)s` as PostgreSQL itself takes it ($1, $2 …), and the names in that order.

    psycopg would do the same anew for every execution.
    """
    names = tuple(dict.fromkeys(_PLACE.findall(statement)))
    places = {name: f"${number}" for number, name in enumerate(names, 1)}
    return _PLACE.sub(lambda match: places[match[1]], statement), names


def rows(statement: str, values: Mapping[str, Any]) -> list[Sequence[Any]]:
    """What a statement of the door returns: parameters sent apart, the statement kept prepared.

    In a projection it runs in the transaction of the step.
    """
    text, names = numbered(statement)
    with psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(text, [values[name] for name in names], prepare=True)
        return cursor.fetchall() if cursor.description else []


def first(statement: str, values: Mapping[str, Any]) -> Any:
    """The first row of a statement of the door; None where there is none."""
    return next(iter(rows(statement, values)), None)


@cache
def case_columns() -> tuple[str, ...]:
    return tuple(str(field.column) for field in Case._meta.concrete_fields)


@cache
def load_case() -> str:
    """Claim the key, lock the case and read the actor. A key already taken gives no row for the case.

    The lock waits for the claim because the sub-select on `claimed` must be answered first: key, then case.
    """
    columns = sql.SQL(", ").join(sql.SQL("c.{}").format(sql.Identifier(name)) for name in case_columns())
    return (
        sql.SQL(
            """
        WITH claimed AS (
            INSERT INTO cases_key (actor, key, digest, "case", seq, created_at)
            VALUES (%(actor)s, %(key)s, %(digest)s, %(case)s, 0, %(now)s)
            ON CONFLICT DO NOTHING RETURNING id
        ), locked AS (
            SELECT * FROM cases_case WHERE id = %(case)s AND EXISTS (SELECT FROM claimed) FOR UPDATE
        )
        SELECT (SELECT id FROM claimed), {member}, {case}
        FROM (SELECT 1) AS one
        {joins}
        LEFT JOIN locked c ON true
        """
        )
        .format(member=sql.SQL(MEMBER_COLUMNS), joins=sql.SQL(MEMBER_JOINS), case=columns)
        .as_string(None)
    )


@cache
def load_start() -> str:
    """Claim the key of a new case; read the actor, the area and the person named."""
    return f"""
        WITH claimed AS (
            INSERT INTO cases_key (actor, key, digest, "case", seq, created_at)
            VALUES (%(actor)s, %(key)s, %(digest)s, %(case)s, 1, %(now)s)
            ON CONFLICT DO NOTHING RETURNING id
        )
        SELECT (SELECT id FROM claimed), {MEMBER_COLUMNS},
               (SELECT hash FROM definitions_published WHERE kind = 'workflow' AND name = %(workflow)s
                ORDER BY published_at DESC, id DESC LIMIT 1),
               (SELECT code FROM people_area WHERE code = %(area)s),
               p.id, p.area_id, p.household_id, p.protected
        FROM (SELECT 1) AS one
        {MEMBER_JOINS}
        LEFT JOIN people_person p ON p.id = %(person)s
        """


_RECORD = """
step AS (
    INSERT INTO cases_step (case_id, seq, action, from_state, to_state, actor_id, recorded_at, form,
        form_hash,
                            corrects, rules, body, prev, hash)
    VALUES (%(id)s, %(seq)s, %(action)s, %(source)s, %(target)s, %(actor)s, %(now)s, %(form)s, %(form_hash)s,
            %(corrects)s, %(rules)s::jsonb, %(body)s, %(prev)s, %(hash)s)
), decided AS (
    INSERT INTO cases_decisionlog
        (at, member, action, kind, "case", seq, inputs, salt, outcome, rules, policies)
    VALUES (%(now)s, %(actor)s, %(action)s, 'case', %(id)s, %(seq)s, %(inputs)s::jsonb, %(salt)s, 'allow',
            %(rules)s::jsonb, %(policies)s)
), blobs AS (
    INSERT INTO cases_blob (case_id, seq, ordinal, kind, category, content, salt)
    SELECT %(id)s, %(seq)s, n - 1, kind, category, content, salt
    FROM unnest(%(kinds)s::text[], %(categories)s::text[], %(contents)s::bytea[], %(salts)s::bytea[])
         WITH ORDINALITY AS u (kind, category, content, salt, n)
), timers AS (
    INSERT INTO cases_timer (case_id, entry_seq, kind, stage, at, "to", letter)
    SELECT %(id)s, %(seq)s, kind, stage, at, addressee, letter
    FROM unnest(%(timer_kinds)s::text[], %(timer_stages)s::int[], %(timer_ats)s::timestamptz[],
                %(timer_tos)s::text[], %(timer_letters)s::text[]) AS u (kind, stage, at, addressee, letter)
), effects AS (
    INSERT INTO cases_effect (case_id, seq, controller, kind, target, ordinal, payload, state, attempts,
        not_before, last_error, failure)
    SELECT %(id)s, %(seq)s, %(controller)s, kind, target, n - 1, payload::jsonb, 'ready', 0, %(now)s, '', '{}'
    FROM unnest(%(effect_kinds)s::text[], %(effect_targets)s::text[], %(effect_payloads)s::text[])
         WITH ORDINALITY AS u (kind, target, payload, n)
    RETURNING id
)
"""

# Columns of the case that a step may set; the rest never change after the start.
MOVABLE = (
    "state", "kind", "revision", "head", "person_id", "household_id", "owner_role", "assignee_id",
        "receiver_id",
    "controller", "area_id", "watchers", "urgency", "facts", "protected", "is_open", "held_at", "due_at",
    "entered_at", "closed_at",
)  # fmt: skip

WRITE_STEP = (
    "WITH moved AS (UPDATE cases_case SET "
    + ", ".join(f"{name} = %({name})s" for name in MOVABLE)
    + " WHERE id = %(id)s AND revision = %(revision)s - 1 RETURNING 1), gone AS ("
    "DELETE FROM cases_timer WHERE case_id = %(id)s AND %(replan)s), done AS ("
    "UPDATE cases_key SET seq = %(seq)s WHERE id = %(key_id)s),"
    + _RECORD
    + "SELECT (SELECT count(*) FROM moved), ARRAY(SELECT id FROM effects)"
)

WRITE_START = (
    "WITH counted AS (INSERT INTO cases_casecounter (controller, fiscal_year, last)"
    " VALUES (%(controller)s, %(fiscal_year)s, 1)"
    " ON CONFLICT (controller, fiscal_year) DO UPDATE SET last = cases_casecounter.last + 1 RETURNING last),"
    "opened AS (INSERT INTO cases_case (id, number, workflow, definition, reporter_id, opened_at, "
    + ", ".join(MOVABLE)
    + ") SELECT %(id)s, %(prefix)s || lpad(last::text, 4, '0'), %(workflow)s, %(definition)s,"
    + " %(reporter)s, %(now)s, "
    + ", ".join(f"%({name})s" for name in MOVABLE)
    + " FROM counted RETURNING number),"
    + _RECORD
    + "SELECT (SELECT number FROM opened), ARRAY(SELECT id FROM effects)"
)

# What was decided and came to nothing is kept too.
WRITE_REFUSAL = """
    INSERT INTO cases_decisionlog (at, member, action, kind, "case", inputs, outcome, rules, policies)
    VALUES (%(now)s, %(actor)s, %(action)s, 'case', %(case)s, %(inputs)s::jsonb, 'deny', %(rules)s::jsonb,
            %(policies)s)
    RETURNING id
"""

# What answers may refer to, and what is needed of it: one row, whatever was asked for.
REFERRED = ("assignee_id", "receiver_id", "person_id", "area_id")
REFERENCES = """
    SELECT m.id, o.code, p.id, a.code, m.valid_until, p.household_id, p.protected
    FROM (SELECT 1) AS one
    LEFT JOIN people_member m ON m.id = %(assignee_id)s::uuid
    LEFT JOIN people_organisation o ON o.code = %(receiver_id)s
    LEFT JOIN people_person p ON p.id = %(person_id)s::uuid
    LEFT JOIN people_area a ON a.code = %(area_id)s
"""

REPEATED = """
    SELECT k.digest, s.case_id, s.seq, s.action, s.from_state, s.to_state, s.rules
    FROM cases_key k JOIN cases_step s ON s.case_id = k."case" AND s.seq = k.seq
    WHERE k.actor = %(actor)s AND k.key = %(key)s
"""
