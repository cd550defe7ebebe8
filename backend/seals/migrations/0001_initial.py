import django.db.models.deletion
from django.db import migrations, models


FUNCTIONS = r"""
-- One entry at the end of a chain. Whoever writes waits for the chain from here to the commit.
CREATE FUNCTION tsunagu_journal_write(chain text, tab text, what text, "row" text, content jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    mine seals_journal%ROWTYPE;
    salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    body bytea;
    before bytea;
    after bytea;
BEGIN
    INSERT INTO seals_journal (id, name, seq, head) VALUES (gen_random_uuid(), chain, 0, ''::bytea)
        ON CONFLICT (name) DO NOTHING;
    SELECT * INTO mine FROM seals_journal WHERE name = chain FOR UPDATE;
    before := CASE WHEN mine.seq > 0 THEN mine.head
                   ELSE sha256('tsunagu/journal/1'::bytea || '\x00'::bytea || uuid_send(mine.id)) END;
    body := convert_to(jsonb_build_object(
        'journal', mine.id, 'seq', mine.seq + 1, 'at', clock_timestamp(), 'by', session_user,
        'table', tab, 'row', "row", 'what', what,
        'columns', (SELECT jsonb_agg(key ORDER BY key) FROM jsonb_object_keys(content) AS key),
        'mac', encode(sha256(salt || convert_to(content::text, 'UTF8')), 'hex'))::text, 'UTF8');
    after := sha256('tsunagu/entry/1'::bytea || '\x00'::bytea || before
                    || int8send(octet_length(body)) || body);
    INSERT INTO seals_entry (journal, seq, "table", "row", at, body, salt, prev, hash)
    VALUES (mine.id, mine.seq + 1, tab, "row", clock_timestamp(), body, salt, before, after);
    UPDATE seals_journal SET seq = mine.seq + 1, head = after WHERE id = mine.id;
END $$;

-- Arguments: the column of the primary key, and 'writer' for what may not queue behind other writers.
-- A row destroyed lawfully leaves an entry that commits to nothing: no guess can be held against it.
CREATE FUNCTION tsunagu_journal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET bytea_output = 'hex' AS $$
DECLARE
    content jsonb;
    told jsonb;
    chain text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        content := to_jsonb(OLD);
    ELSE
        content := to_jsonb(NEW);
    END IF;
    IF TG_OP = 'UPDATE' AND content = to_jsonb(OLD) THEN
        RETURN NULL;
    END IF;
    chain := coalesce(content ->> 'controller', 'office');
    IF TG_ARGV[1] = 'writer' THEN
        chain := chain || ' ' || to_char(clock_timestamp(), 'YYYY-MM-DD') || ' ' || pg_backend_pid();
    END IF;
    told := content;
    IF TG_OP = 'DELETE' AND current_setting('tsunagu.disposing', true) <> '' THEN
        told := '{}';
    END IF;
    PERFORM tsunagu_journal_write(chain, TG_TABLE_NAME, lower(TG_OP), content ->> TG_ARGV[0], told);
    RETURN NULL;
END $$;

-- What stood in a table before it was journaled, as far as it is: `those` is a condition on the row `t`.
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

-- The application's role makes entries by writing rows, and in no other way.
REVOKE EXECUTE ON FUNCTION tsunagu_journal_write(text, text, text, text, jsonb) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION tsunagu_journal_found(text, text, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('body', models.BinaryField()),
                ('hash', models.BinaryField(max_length=32, unique=True)),
                ('previous', models.BinaryField(max_length=32, unique=True)),
                ('signature', models.BinaryField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('place', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('chain', models.UUIDField(null=True, unique=True)),
                ('salt', models.BinaryField(max_length=32, null=True)),
                ('mark', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('pk', models.CompositePrimaryKey('place', 'seal', blank=True, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveBigIntegerField()),
                ('seal', models.PositiveIntegerField()),
                ('seq', models.PositiveIntegerField()),
                ('head', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Countersignature',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='countersignatures', to='seals.seal')),
                ('witness', models.CharField(max_length=100)),
                ('public', models.BinaryField(max_length=32)),
                ('body', models.BinaryField()),
                ('signature', models.BinaryField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seal', 'public'), name='countersigned_once')],
            },
        ),
        migrations.CreateModel(
            name='Witnessed',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('installation', models.CharField(max_length=100)),
                ('number', models.PositiveIntegerField()),
                ('body', models.BinaryField()),
                ('hash', models.BinaryField(max_length=32)),
                ('signature', models.BinaryField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('installation', 'number'), name='witnessed_once')],
            },
        ),
        migrations.CreateModel(
            name='Journal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('seq', models.PositiveIntegerField()),
                ('head', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('pk', models.CompositePrimaryKey('journal', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('journal', models.UUIDField()),
                ('seq', models.PositiveIntegerField()),
                ('table', models.CharField(max_length=63)),
                ('row', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('body', models.BinaryField()),
                ('salt', models.BinaryField(max_length=32)),
                ('prev', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['table', 'row', '-at'], name='entry_of_row')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
