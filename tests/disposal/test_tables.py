"""No table is forgotten: what hangs on a case or a person is destroyed with them, or it is said why not."""

from django.apps import apps

from backend.config.disposing import DESTROYED, FORGET
from backend.config.privileges import JOURNALED

# Rows that may stay and name what would be destroyed: while one does, it is not (`backend.disposal.needing`).
HOLDS_BACK = {
    "disclosures_package.source_id",
    "disclosures_package.person_id",
    "councils_agendaitem.case_id",
    "councils_agendaitem.person_id",
    "consents_consent.person_id",
    "consents_consent.ended_by_id",
    "cases_case.person_id",
    "cases_case.household_id",
    "people_person.household_id",
    "people_person.merged_into_id",
}
# Tables that name a case or person by an id that is no foreign key.
BY_ID_ALONE = {"cases_key", "cases_decisionlog"}


def test_every_row_that_names_what_is_destroyed_goes_too_or_holds_it_back() -> None:
    forgotten = []
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.concrete_fields:
            target = field.remote_field.model._meta.db_table if field.remote_field else ""
            if target not in DESTROYED or table in FORGET or f"{table}.{field.column}" in HOLDS_BACK:
                continue
            if table not in DESTROYED or field.column not in DESTROYED[table] + through(table):
                forgotten.append(f"{table}.{field.column}")
    assert forgotten == []


def through(table: str) -> str:
    """Columns that need no condition of their own, because another of the table's covers the same rows."""
    return {"councils_copy": "holder_id", "letters_issuedletter": "case_id"}.get(table, "")


def test_every_table_that_is_named_is_there() -> None:
    tables = {model._meta.db_table for model in apps.get_models()}

    assert {*DESTROYED, *FORGET, *BY_ID_ALONE} <= tables
    assert set(DESTROYED) >= BY_ID_ALONE


def test_what_is_only_forgotten_is_journaled() -> None:
    assert set(FORGET) <= set(JOURNALED)
