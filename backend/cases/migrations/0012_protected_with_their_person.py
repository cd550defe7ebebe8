from django.db import migrations

# A case may begin, or come to a person, with what was true of their protection a moment before. So it takes the
# flag from the person when it is written, and waits for whoever holds the person's row to protect them. A case
# that stays with its person needs nothing: a step locks it when it reads it.
FORWARD = """
    CREATE FUNCTION cases_protected() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        shielded boolean;
    BEGIN
        IF TG_OP = 'INSERT' OR NEW.person_id IS DISTINCT FROM OLD.person_id THEN
            SELECT protected INTO shielded FROM people_person WHERE id = NEW.person_id FOR KEY SHARE;
            NEW.protected := coalesce(shielded, false);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER cases_protected BEFORE INSERT OR UPDATE OF person_id ON cases_case
        FOR EACH ROW WHEN (NEW.person_id IS NOT NULL AND NOT NEW.protected) EXECUTE FUNCTION cases_protected();
"""
BACKWARD = "DROP TRIGGER cases_protected ON cases_case; DROP FUNCTION cases_protected();"


class Migration(migrations.Migration):

    dependencies = [('cases', '0011_decision_salt'), ('people', '0007_letter_keys')]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
