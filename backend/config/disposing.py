"""What the destruction of a case or a person destroys, as the database itself does it.

The application's role can only add to history. What it may have destroyed is what a disposal list names that
two people approved, of closed cases whose retention is over: `tsunagu_dispose` belongs to the owner, asks all
of that again and writes the certificate in the same transaction. A test holds the tables below against every
model, so that a new table is forgotten in neither direction. Single contents of a case that goes on are
erased the same way by `tsunagu_erase_contents`, where a step of the case names them and two people did so.
"""

from collections.abc import Mapping
from string import Template

from django.apps import apps

# What `$name` stands for in the conditions below.
_MEANT = {
    "of_case": "= ANY(the_cases)",
    "effects": "(SELECT id FROM cases_effect WHERE case_id = ANY(the_cases))",
    "packages": "(SELECT id FROM disclosures_package WHERE case_id = ANY(the_cases))",
    "agenda": "(SELECT id FROM councils_agendaitem WHERE session_id = ANY(the_cases))",
    "council_papers": """(SELECT id FROM councils_paper WHERE item_id IN (
        SELECT id FROM councils_agendaitem WHERE session_id = ANY(the_cases)))""",
    "consents": "(SELECT id FROM consents_consent WHERE case_id = ANY(the_cases))",
}

# Which rows go: those that hang on others come before them.
DESTROYED: Mapping[str, str] = {
    "field_reply": "letter_id = ANY(the_letters)",
    "printing_printedletter": "letter_id = ANY(the_letters)",
    "letters_letterevent": "letter_id = ANY(the_letters)",
    "letters_envelope": "letter_id = ANY(the_letters)",
    "letters_replyslip": "letter_id = ANY(the_letters)",
    "letters_frozenpdf": "letter_id = ANY(the_letters)",
    "letters_issuedletter": "id = ANY(the_letters)",
    "councils_copy": "paper_id IN $council_papers",
    "councils_paperpart": "paper_id IN $council_papers",
    "councils_paper": "item_id IN $agenda",
    "councils_agendaitem": "session_id $of_case",
    "councils_sessionmember": "session_id $of_case",
    "councils_session": "case_id $of_case",
    "councils_glassattempt": "case_id $of_case",
    "disclosures_link": "package_id IN $packages",
    "disclosures_packageevent": "package_id IN $packages",
    "disclosures_package": "case_id $of_case",
    "consents_reminded": "consent_id IN $consents",
    "consents_consent": "case_id $of_case",
    "jobs_delivery": "effect_id IN $effects",
    "cases_mended": "effect_id IN $effects",
    "cases_effect": "case_id $of_case",
    "cases_notice": "case_id $of_case",
    "cases_timer": "case_id $of_case",
    "cases_key": '"case" $of_case',
    "cases_decisionlog": '"case" $of_case',
    "papers_keyedin": "case_id $of_case",
    "papers_paper": "case_id $of_case",
    "field_parcel": "case_id $of_case",
    "field_receipt": "case_id $of_case",
    "pages_later": "case_id $of_case",
    "pages_draft": "case_id $of_case",
    "runs_moved": "case_id $of_case",
    "runs_proposal": "case_id $of_case",
    "disposal_hold": "case_id $of_case",
    "disposal_erasure": "case_id $of_case",
    "cases_blob": "case_id $of_case",
    "cases_step": "case_id $of_case",
    "cases_case": "id $of_case",
    "disclosures_namedrecipient": "person_id = ANY(the_persons)",
    "disclosures_protectionend": "person_id = ANY(the_persons)",
    "people_protectedaddress": "person_id = ANY(the_persons)",
    "people_personchange": "person_id = ANY(the_persons)",
    "people_personrelation": "person_id = ANY(the_persons) OR other_id = ANY(the_persons)",
    "people_supporter": "person_id = ANY(the_persons)",
    "people_pair": "first_id = ANY(the_persons) OR second_id = ANY(the_persons)",
    "people_merge": "kept_id = ANY(the_persons) OR merged_id = ANY(the_persons)",
    "people_person": "id = ANY(the_persons)",
    "people_household": """id = ANY(the_homes)
        AND NOT EXISTS (SELECT FROM people_person p WHERE p.household_id = people_household.id)
        AND NOT EXISTS (SELECT FROM cases_case c WHERE c.household_id = people_household.id)""",
}

# Rows that stay and forget what they were about: who looked when is evidence about the member, not the
# person.
FORGET: Mapping[str, tuple[str, str]] = {
    "cases_look": (
        "case_id = NULL, person_id = NULL, subject = '00000000-0000-0000-0000-000000000000'",
        "case_id $of_case OR person_id = ANY(the_persons)",
    ),
    "disposal_disposalitem": (
        "subject = NULL, outcome = 'destroyed'",
        "list_id = wanted AND (subject = ANY(the_cases) OR subject = ANY(the_persons))",
    ),
}

_FUNCTIONS = r"""
-- Whether this transaction carries out a list that was approved and not carried out before.
CREATE OR REPLACE FUNCTION tsunagu_disposing() RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM disposal_disposallist
                   WHERE id::text = current_setting('tsunagu.disposing', true)
                         AND approved_at IS NOT NULL AND done_at IS NULL)
$$;

-- Whether this transaction erases contents that two people decided about and that are not erased yet.
CREATE OR REPLACE FUNCTION tsunagu_erasing() RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM disposal_erasure
                   WHERE id::text = current_setting('tsunagu.erasing', true)
                         AND approved_at IS NOT NULL AND done_at IS NULL)
$$;

-- Erase the contents an erasure names, and the drafts of their case. The owner's alone: it asks nobody.
CREATE OR REPLACE FUNCTION tsunagu_forget(wanted uuid, moment timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    mine disposal_erasure%ROWTYPE;
BEGIN
    SELECT * INTO mine FROM disposal_erasure WHERE id = wanted;
    PERFORM set_config('tsunagu.erasing', wanted::text, true);
    DELETE FROM cases_blob b USING jsonb_to_recordset(mine.contents) AS named(seq integer, ordinal integer)
        WHERE b.case_id = mine.case_id AND b.seq = named.seq AND b.ordinal = named.ordinal;
    DELETE FROM pages_draft WHERE case_id = mine.case_id;
    UPDATE disposal_erasure SET done_at = moment WHERE id = wanted;
END $$;

-- What the application may ask for: contents that a step of another person than who asked names.
CREATE OR REPLACE FUNCTION tsunagu_erase_contents(wanted uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine disposal_erasure%ROWTYPE;
    said jsonb;
BEGIN
    SELECT * INTO mine FROM disposal_erasure WHERE id = wanted FOR UPDATE;
    IF mine.approved_at IS NULL OR mine.done_at IS NOT NULL OR mine.restored_at IS NOT NULL THEN
        RAISE 'erasure: it is not approved, or was carried out' USING ERRCODE = '42501';
    END IF;
    SELECT convert_from(body, 'UTF8')::jsonb INTO said
        FROM cases_step WHERE case_id = mine.case_id AND seq = mine.seq AND action = 'erase';
    IF said IS NULL OR said #> '{erases,contents}' IS DISTINCT FROM mine.contents
        OR said #>> '{erases,asked_by}' IS DISTINCT FROM mine.asked_by_id::text
        OR said ->> 'actor' IS DISTINCT FROM mine.approved_by_id::text
        OR mine.asked_by_id = mine.approved_by_id OR mine.asked_account = mine.approved_account
    THEN
        RAISE 'erasure: no step of a second person names it' USING ERRCODE = '42501';
    END IF;
    PERFORM tsunagu_forget(wanted, clock_timestamp());
END $$;

-- Destroy cases and persons under a certificate. The owner's alone: it asks nobody.
CREATE OR REPLACE FUNCTION tsunagu_erase(
    wanted uuid, certified integer, moment timestamptz, the_cases uuid[], the_persons uuid[])
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    the_letters uuid[] := ARRAY(SELECT id FROM letters_issuedletter WHERE case_id = ANY(the_cases));
    the_homes uuid[] := ARRAY(
        SELECT household_id FROM people_person WHERE id = ANY(the_persons) AND household_id IS NOT NULL
        UNION SELECT household_id FROM cases_case WHERE id = ANY(the_cases) AND household_id IS NOT NULL);
BEGIN
    PERFORM set_config('tsunagu.disposing', wanted::text, true);
    INSERT INTO disposal_disposedleaf (place, certificate_id, seq, head)
        SELECT k.place, wanted, l.seq, l.head FROM seals_chain k
        JOIN LATERAL (SELECT seq, head FROM seals_leaf WHERE place = k.place
                      ORDER BY seal DESC LIMIT 1) l ON true
        WHERE k.chain = ANY(the_cases);
    INSERT INTO disposal_certificate (list_id, controller, number, at, cases, persons, steps, contents,
                                      letters, slips, packages, events, leaves, digest)
        SELECT id, controller, certified, moment, cardinality(the_cases), cardinality(the_persons),
            (SELECT count(*) FROM cases_step WHERE case_id = ANY(the_cases)),
            (SELECT count(*) FROM cases_blob WHERE case_id = ANY(the_cases)),
            cardinality(the_letters),
            (SELECT count(*) FROM letters_replyslip WHERE letter_id = ANY(the_letters))
                + (SELECT count(*) FROM papers_paper WHERE case_id = ANY(the_cases)),
            (SELECT count(*) FROM disclosures_package WHERE case_id = ANY(the_cases)),
            (SELECT count(*) FROM disclosures_packageevent WHERE package_id IN $packages),
            leaves.count, sha256(leaves.bytes)
        FROM disposal_disposallist,
            (SELECT count(*), coalesce(string_agg(int8send(place) || int8send(seq) || head, ''::bytea
                                                  ORDER BY place), ''::bytea) AS bytes
             FROM disposal_disposedleaf WHERE certificate_id = wanted) AS leaves
        WHERE id = wanted;
    INSERT INTO letters_disposedletter
            (controller, symbol, fiscal_year, number, branch, certificate, file, place)
        SELECT l.controller, l.symbol, l.fiscal_year, l.number, l.branch, certified, p.file_id, p.place
        FROM letters_issuedletter l LEFT JOIN printing_printedletter p ON p.letter_id = l.id
        WHERE l.id = ANY(the_letters) AND l.number IS NOT NULL;
$statements
    UPDATE seals_chain SET chain = NULL, salt = NULL WHERE chain = ANY(the_cases);
    UPDATE disposal_disposalitem SET outcome = 'kept' WHERE list_id = wanted AND outcome = '';
    UPDATE disposal_disposallist SET done_at = moment WHERE id = wanted;
END $$;

-- What the application may ask for: of an approved list what it names, and of that what nothing holds back.
CREATE OR REPLACE FUNCTION tsunagu_dispose(wanted uuid, the_cases uuid[], the_persons uuid[])
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine disposal_disposallist%ROWTYPE;
    today date := (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date;
    certified integer;
BEGIN
    SELECT * INTO mine FROM disposal_disposallist WHERE id = wanted FOR UPDATE;
    IF mine.approved_at IS NULL OR mine.done_at IS NOT NULL THEN
        RAISE 'disposal: the list is not approved, or was carried out' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM cases_case WHERE id = ANY(the_cases) ORDER BY id FOR UPDATE;
    IF EXISTS (
        SELECT FROM unnest(the_cases) AS asked(id) LEFT JOIN cases_case c ON c.id = asked.id
        WHERE c.id IS NULL OR c.is_open OR c.controller <> mine.controller
            OR NOT EXISTS (SELECT FROM disposal_disposalitem i WHERE i.list_id = wanted AND i.subject = c.id)
            OR NOT EXISTS (SELECT FROM runs_proposal p WHERE p.case_id = c.id AND p.ends_on < today
                           AND p.ends_on > c.closed_at)
            OR EXISTS (SELECT FROM disposal_hold h WHERE h.case_id = c.id AND h.ended_at IS NULL)
            OR NOT EXISTS (SELECT FROM seals_chain k JOIN seals_leaf l ON l.place = k.place
                           WHERE k.chain = c.id AND l.seq = c.revision AND l.head = c.head)
    ) THEN
        RAISE 'disposal: a case is not on the list, not at its end, held back or not sealed'
            USING ERRCODE = '42501';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(the_persons) AS asked(id) LEFT JOIN people_person p ON p.id = asked.id
        WHERE p.id IS NULL OR p.controller <> mine.controller
            OR NOT EXISTS (SELECT FROM disposal_disposalitem i WHERE i.list_id = wanted AND i.subject = p.id)
            OR EXISTS (SELECT FROM cases_case c WHERE c.person_id = p.id AND c.id <> ALL(the_cases))
    ) THEN
        RAISE 'disposal: a person is not on the list or has a case that stays' USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(7404, hashtext(mine.controller));
    SELECT coalesce(max(number), 0) + 1 INTO certified
        FROM disposal_certificate WHERE controller = mine.controller;
    PERFORM tsunagu_erase(wanted, certified, clock_timestamp(), the_cases, the_persons);
    RETURN certified;
END $$;

REVOKE EXECUTE ON FUNCTION tsunagu_forget(uuid, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION tsunagu_erase_contents(uuid) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION tsunagu_erase(uuid, integer, timestamptz, uuid[], uuid[]) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION tsunagu_dispose(uuid, uuid[], uuid[]) FROM PUBLIC;
"""


_FORGETTING = "    UPDATE $table SET $change WHERE $those;"
_DESTROYING = "    DELETE FROM $table WHERE $those;"
_UNSALTING = """    UPDATE seals_entry SET salt = ''::bytea
        WHERE "table" = '$table' AND "row" IN (SELECT $key::text FROM $table WHERE $those);"""


def functions(journaled: Mapping[str, str]) -> str:
    """The functions as statements. Of rows in the journal the salts go too, so that no guess is confirmed."""
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_models()}
    statements = []
    forgotten = ((table, change, those) for table, (change, those) in FORGET.items())
    for table, change, those in (*forgotten, *((table, "", those) for table, those in DESTROYED.items())):
        told = {"table": table, "key": keys[table], "change": change, "those": _filled(those)}
        statements += [Template(_UNSALTING).substitute(told)] if table in journaled else []
        statements.append(Template(_FORGETTING if change else _DESTROYING).substitute(told))
    return _filled(_FUNCTIONS, statements="\n".join(statements))


def _filled(text: str, **more: str) -> str:
    """The text with what each `$name` stands for; the `$$` around a function stay."""
    return Template(text.replace("$$", "$$$$")).substitute({**_MEANT, **more})
