from django.db import migrations

# A step writes back what its case was when it was read, and a case may begin while its person is put under
# protection. So what a case says of protection is taken from the person whenever a row is written. A case that
# comes to a person waits for whoever holds the person's row; one that stays is waited for by whoever protects.
FORWARD = """
    CREATE FUNCTION cases_protected() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        shielded boolean;
    BEGIN
        IF TG_OP = 'INSERT' OR NEW.person_id IS DISTINCT FROM OLD.person_id THEN
            SELECT protected INTO shielded FROM people_person WHERE id = NEW.person_id FOR KEY SHARE;
        ELSE
            SELECT protected INTO shielded FROM people_person WHERE id = NEW.person_id;
        END IF;
        NEW.protected := coalesce(shielded, false);
        RETURN NEW;
    END $$;
    CREATE TRIGGER cases_protected BEFORE INSERT OR UPDATE ON cases_case
        FOR EACH ROW WHEN (NEW.person_id IS NOT NULL AND NOT NEW.protected) EXECUTE FUNCTION cases_protected();
"""
BACKWARD = "DROP TRIGGER cases_protected ON cases_case; DROP FUNCTION cases_protected();"


class Migration(migrations.Migration):

    dependencies = [('cases', '0011_decision_salt'), ('people', '0007_letter_keys')]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
