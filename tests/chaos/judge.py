"""What must hold once the office has settled, asked of the database alone."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.chaos.load import Accepted

# Each finds what should not be; the sentence says what it would mean.
RULES = {
    "an effect was not done": """
        SELECT kind || ' ' || state || ' ' || last_error FROM cases_effect
        WHERE state <> 'done' AND NOT (kind = 'mail' AND state = 'unclear')
    """,
    "a letter was planned and is not there": """
        SELECT e.case_id || '/' || e.seq || ' ' || e.target FROM cases_effect e
        WHERE e.kind = 'letter' AND NOT EXISTS (
            SELECT FROM letters_issuedletter l WHERE l.case_id = e.case_id AND l.seq = e.seq
                AND l.definition = e.target AND l.ordinal = e.ordinal)
    """,
    "a letter is there that nobody planned": """
        SELECT l.case_id || '/' || l.seq || ' ' || l.definition FROM letters_issuedletter l
        WHERE NOT EXISTS (
            SELECT FROM cases_effect e WHERE e.kind = 'letter' AND l.case_id = e.case_id AND l.seq = e.seq
                AND l.definition = e.target AND l.ordinal = e.ordinal)
    """,
    "an issued letter has no frozen bytes": """
        SELECT l.id::text FROM letters_issuedletter l
        WHERE l.state = 'issued' AND NOT EXISTS (
            SELECT FROM letters_frozenpdf f WHERE f.letter_id = l.id)
    """,
    "a number is missing or given twice": """
        SELECT c.symbol || ': ' || c.last || ' given, ' || count(DISTINCT l.number) || ' there'
        FROM letters_lettercounter c LEFT JOIN letters_issuedletter l
            ON (l.controller, l.symbol, l.fiscal_year) = (c.controller, c.symbol, c.fiscal_year)
        GROUP BY c.id HAVING count(DISTINCT l.number) <> c.last OR max(l.number) <> c.last
    """,
    "a notice was planned and nobody was told": """
        SELECT e.case_id || '/' || e.seq || ' ' || e.target FROM cases_effect e
        WHERE e.kind = 'notice' AND e.target = 'assignee' AND NOT EXISTS (
            SELECT FROM cases_notice n
            WHERE n.key LIKE 'step/' || e.case_id || '/' || e.seq || '/' || e.target || '/%')
    """,
    "a reminder was marked as told and nobody was": """
        SELECT t.id::text FROM cases_timer t
        WHERE t.done_at IS NOT NULL AND t.kind <> 'due' AND t.letter = '' AND NOT EXISTS (
            SELECT FROM cases_notice n WHERE n.key LIKE 'timer/' || t.id || '/%')
    """,
    "somebody was told twice of one thing": """
        SELECT key FROM cases_notice GROUP BY key HAVING count(*) > 1
    """,
    "an issued letter is in no print file": """
        SELECT l.id::text FROM letters_issuedletter l
        WHERE l.state = 'issued' AND l.held = '' AND NOT EXISTS (
            SELECT FROM printing_printedletter p WHERE p.letter_id = l.id)
    """,
    "a run did not end": "SELECT kind || ' ' || business_date FROM runs_run WHERE state <> 'done'",
    "a run was closed as done by one that did not do it": """
        SELECT r.kind || ' ' || r.business_date FROM runs_run r JOIN runs_run by ON by.id = r.caught_up_by_id
        WHERE by.state <> 'done' OR by.kind <> r.kind OR by.business_date <= r.business_date
    """,
    "a number of a case is missing or given twice": """
        SELECT c.controller || c.fiscal_year FROM cases_casecounter c
        WHERE c.last <> (SELECT count(DISTINCT number) FROM cases_case WHERE controller = c.controller)
    """,
}
_STEPS = "SELECT case_id::text, seq, action FROM cases_step WHERE case_id = ANY (%s::uuid[])"
_KEYS = 'SELECT key, "case"::text, seq FROM cases_key WHERE key = ANY (%s)'
_MESSAGE = re.compile(r"^Message-ID: (<.+>)$")


@dataclass(frozen=True)
class Verdict:
    """The figures of a run, and a sentence for whatever does not hold."""

    steps: int
    letters: int
    notices: int
    mails: int
    unclear: int
    wrong: tuple[str, ...]


def settled(address: str) -> bool:
    """Whether nothing waits to be done."""
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) FROM cases_effect WHERE state IN ('ready', 'claimed', 'sending')"
        ).fetchone()
    return row == (0,)


def judge(address: str, accepted: Sequence[Accepted], logs: Iterable[str]) -> Verdict:
    """Hold what clients were told against what is stored, and every rule against the database."""
    mails = Counter(found[1] for line in logs if (found := _MESSAGE.match(line)))
    with psycopg.connect(address) as connection:
        wrong = [*_told_and_stored(connection, accepted), *_ruled(connection)]
        wrong += [f"a mail left twice: {name}" for name, times in mails.items() if times > 1]
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM letters_issuedletter), (SELECT count(*) FROM cases_notice),"
            " (SELECT count(*) FROM cases_effect WHERE state = 'unclear')"
        ).fetchone()
    letters, notices, unclear = counts or (0, 0, 0)
    return Verdict(len(accepted), letters, notices, len(mails), unclear, tuple(wrong))


def _told_and_stored(connection: "psycopg.Connection[Any]", accepted: Sequence[Accepted]) -> Iterator[str]:
    cases = sorted({it.case for it in accepted})
    stored = {(case, seq): action for case, seq, action in connection.execute(_STEPS, [cases])}
    keys = {key: (case, seq) for key, case, seq in connection.execute(_KEYS, [[it.key for it in accepted]])}
    for it in accepted:
        if stored.get((it.case, it.seq)) != it.action:
            yield f"lost: {it.action} of case {it.case} was accepted as step {it.seq}"
        if keys.get(it.key) != (it.case, it.seq):
            yield f"the key of {it.action} of case {it.case} leads elsewhere"
    for place in stored.keys() - {(it.case, it.seq) for it in accepted}:
        yield f"double: step {place[1]} of case {place[0]} was asked by nobody"


def _ruled(connection: "psycopg.Connection[Any]") -> Iterator[str]:
    for what, rule in RULES.items():
        found = [row[0] for row in connection.execute(rule)]
        if found:
            yield f"{what}: {len(found)}, the first {found[0]}"
