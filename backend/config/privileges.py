"""What the application's role may do: read and write the office's tables, only add to its history.

Applied by the owner after every migration. Triggers refuse the same for every other role but a superuser
who turns
them off, which `tsunagu verify` then finds.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connections
from psycopg import sql

from backend.config import disposing

APPEND_ONLY = (
    "cases_step",
    "cases_blob",
    "cases_look",
    "cases_mended",
    "cases_call",
    "cases_decisionlog",
    "definitions_published",
    "people_personchange",
    "passkeys_event",
    "disclosures_package",
    "disclosures_packageevent",
    "letters_frozenpdf",
    "letters_letterevent",
    "letters_replyslip",
    "printing_printfile",
    "printing_printedletter",
    "printing_sheetcount",
    "runs_moved",
    "runs_statistics",
    "seals_seal",
    "seals_chain",
    "seals_leaf",
    "seals_entry",
    "seals_countersignature",
    "seals_witnessed",
    "papers_paper",
    "papers_keyedin",
    "disposal_certificate",
    "disposal_disposedleaf",
    "letters_disposedletter",
)

# Lines are ended, never deleted: what was decided on them must stay explainable.
NEVER_DELETED = (
    "disclosures_arrangement",
    "disclosures_namedrecipient",
    "disclosures_protectionend",
    "people_merge",
    "people_pair",
    "people_supporter",
    "passkeys_ending",
    "passkeys_keyring",
    "passkeys_passkey",
    "disposal_disposallist",
    "disposal_disposalitem",
    "disposal_hold",
    "disposal_erasure",
)

# Rows that are no steps of a case and whose every change is evidence: the database journals it, under a chain
# that `tsunagu verify` proves. "writer": a chain for each writer and day, so that looking does not queue.
JOURNALED = {
    "cases_decisionlog": "writer",
    "cases_look": "writer",
    "cases_mended": "",
    "consents_consent": "writer",
    "councils_copy": "writer",
    "councils_paper": "writer",
    "councils_paperpart": "writer",
    "disclosures_arrangement": "",
    "disclosures_namedrecipient": "",
    "disclosures_package": "writer",
    "disclosures_packageevent": "writer",
    "disposal_certificate": "",
    "disposal_disposalitem": "",
    "disposal_disposallist": "",
    "disposal_erasure": "",
    "disposal_hold": "",
    "jobs_subscription": "",
    "papers_keyedin": "",
    "passkeys_ending": "",
    "passkeys_event": "writer",
    "passkeys_passkey": "writer",
    "people_member": "",
    "people_personchange": "writer",
    "people_protectedaddress": "",
}
# Which rows of a table that is not journaled whole: a decision that became a step is proved by the step.
JOURNALED_ROWS = {"cases_decisionlog": "({row}.kind <> 'case' OR {row}.seq IS NULL)"}
# Written by the journal's own function alone, or by that of a disposal; both belong to the owner.
_WRITTEN_BY_NOBODY = (
    "seals_journal",
    "seals_entry",
    "disposal_certificate",
    "disposal_disposedleaf",
    "letters_disposedletter",
)

_REFUSE = """
CREATE OR REPLACE FUNCTION tsunagu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' AND tsunagu_disposing() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'cases_blob' AND tsunagu_erasing() THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME USING ERRCODE = '42501';
END $$
"""


def apply(application: str) -> None:
    """Grant `application` (a role) its rights on every table and put the triggers on the append-only ones."""
    with connections["owner"].cursor() as cursor:
        role = sql.Identifier(application)
        cursor.execute(disposing.functions(JOURNALED))
        cursor.execute(_REFUSE)
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role)
        )
        cursor.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        for name in _present(NEVER_DELETED):
            revoke = sql.SQL("REVOKE DELETE, TRUNCATE ON {} FROM {}")
            cursor.execute(revoke.format(sql.Identifier(name), role))
        for name in _present(APPEND_ONLY):
            table = sql.Identifier(name)
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(table, role))
            cursor.execute(
                sql.SQL(
                    "CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION tsunagu_append_only()"
                ).format(table)
            )
        for name in _present(_WRITTEN_BY_NOBODY):
            revoke = sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}")
            cursor.execute(revoke.format(sql.Identifier(name), role))
        for function in ("tsunagu_dispose(uuid, uuid[], uuid[])", "tsunagu_erase_contents(uuid)"):
            grant = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}")
            cursor.execute(grant.format(sql.SQL(function), role))
        for name in _present(JOURNALED):
            _journal(cursor, name, JOURNALED[name])


def _journal(cursor: Any, name: str, how: str) -> None:
    """Put the journal on a table. It writes when the transaction commits, so that whoever else writes waits
    for that moment alone; what stood there before is journaled now.
    """
    model = next(model for model in apps.get_models() if model._meta.db_table == name)
    key, table = str(model._meta.pk.column), sql.Identifier(name)
    cursor.execute("SELECT FROM pg_trigger WHERE tgname = 'journal' AND tgrelid = %s::regclass", [name])
    if cursor.fetchone() is not None:
        return
    rows = JOURNALED_ROWS.get(name, "true")
    for trigger, events, row in (("journal", "INSERT", "NEW"), ("journal_later", "UPDATE OR DELETE", "OLD")):
        cursor.execute(
            sql.SQL(
                "CREATE CONSTRAINT TRIGGER {} AFTER {} ON {} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                "WHEN ({}) EXECUTE FUNCTION tsunagu_journal({}, {})"
            ).format(
                sql.Identifier(trigger),
                sql.SQL(events),
                table,
                sql.SQL(rows.format(row=row)),
                sql.Literal(key),
                sql.Literal(how),
            )
        )
    cursor.execute("SELECT tsunagu_journal_found(%s, %s, %s)", [name, key, rows.format(row="t")])


def _present(names: Iterable[str]) -> list[str]:
    tables = {model._meta.db_table for model in apps.get_models()}
    return [name for name in names if name in tables]
