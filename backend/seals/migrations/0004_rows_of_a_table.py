from django.db import migrations

# What stood in a table before it was journaled, as far as it is: `those` is a condition on the row `t`.
FUNCTION = r"""
DROP FUNCTION IF EXISTS tsunagu_journal_found(text, text);
CREATE FUNCTION tsunagu_journal_found(tab text, key text, those text) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET bytea_output = 'hex' AS $$
DECLARE
    content jsonb;
BEGIN
    FOR content IN EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE ' || those, tab) LOOP
        PERFORM tsunagu_journal_write(
            coalesce(content ->> 'controller', 'office'), tab, 'found', content ->> key, content);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION tsunagu_journal_found(text, text, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0003_disposal'),
    ]

    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
