"""What the application's role may do: read and write the office's tables, only add to its history.

Applied by the owner after every migration. Triggers refuse the same for every other role but a superuser
who turns
them off, which `tsunagu verify` then finds.
"""

from django.apps import apps
from django.db import connections
from psycopg import sql

APPEND_ONLY = (
    "cases_step",
    "cases_blob",
    "cases_look",
    "cases_decisionlog",
    "definitions_published",
    "disclosures_package",
    "disclosures_packageevent",
    "letters_frozenpdf",
    "letters_letterevent",
    "letters_replyslip",
    "papers_paper",
    "papers_keyedin",
)

_REFUSE = """
CREATE OR REPLACE FUNCTION tsunagu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME USING ERRCODE = '42501';
END $$
"""


def apply(application: str) -> None:
    """Grant `application` (a role) its rights on every table and put the triggers on the append-only ones."""
    with connections["owner"].cursor() as cursor:
        role = sql.Identifier(application)
        cursor.execute(_REFUSE)
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role)
        )
        cursor.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        for name in _present():
            table = sql.Identifier(name)
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(table, role))
            cursor.execute(
                sql.SQL(
                    "CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION tsunagu_append_only()"
                ).format(table)
            )


def _present() -> list[str]:
    tables = {model._meta.db_table for model in apps.get_models()}
    return [name for name in APPEND_ONLY if name in tables]
