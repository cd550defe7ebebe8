import backend.workflow.machine
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.db import migrations, models


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

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=24, unique=True)),
                ('controller', models.CharField(max_length=40)),
                ('workflow', models.CharField(max_length=60)),
                ('definition', models.CharField(max_length=64)),
                ('state', backend.workflow.machine.StateField(max_length=120, protected=True)),
                ('kind', models.CharField(max_length=12)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('head', models.BinaryField(max_length=32)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.area')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='people.person')),
                ('household', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.household')),
                ('owner_role', models.CharField(max_length=32)),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='people.member')),
                ('receiver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('watchers', models.JSONField(default=list)),
                ('urgency', models.CharField(blank=True, max_length=1)),
                ('facts', models.JSONField(default=dict)),
                ('protected', models.BooleanField(default=False)),
                ('is_open', models.BooleanField(default=True)),
                ('held_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('entered_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_open', True)), fields=['assignee', 'due_at', 'id'], name='case_mine'), models.Index(condition=models.Q(('is_open', True)), fields=['due_at', 'id'], name='case_due'), models.Index(condition=models.Q(('is_open', True)), fields=['receiver', 'due_at', 'id'], name='case_received'), models.Index(condition=models.Q(('is_open', True)), fields=['area', 'due_at', 'id'], name='case_area'), models.Index(condition=models.Q(('is_open', True)), fields=['state', 'due_at', 'id'], name='case_state'), models.Index(condition=models.Q(('assignee', None), ('is_open', True)), fields=['due_at', 'id'], name='case_nobody'), models.Index(condition=models.Q(('held_at__isnull', False), ('is_open', True)), fields=['due_at', 'id'], name='case_held'), models.Index(condition=models.Q(('is_open', True)), fields=['entered_at', 'id'], name='case_waiting'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('is_open', True)), fields=['watchers'], name='case_watched', opclasses=['jsonb_path_ops']), models.Index(fields=['-opened_at', 'id'], name='case_newest')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('action', models.CharField(max_length=120)),
                ('from_state', models.CharField(blank=True, max_length=120)),
                ('to_state', models.CharField(max_length=120)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('recorded_at', models.DateTimeField()),
                ('form', models.CharField(blank=True, max_length=60)),
                ('form_hash', models.CharField(blank=True, max_length=64)),
                ('corrects', models.PositiveIntegerField(null=True)),
                ('rules', models.JSONField(default=list)),
                ('body', models.BinaryField()),
                ('prev', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'seq'), name='step_once'), models.UniqueConstraint(fields=('case', 'prev'), name='step_one_successor')],
            },
        ),
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blobs', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=80)),
                ('category', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
                ('salt', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'seq', 'ordinal'), name='blob_once')],
            },
        ),
        migrations.CreateModel(
            name='Timer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timers', to='cases.case')),
                ('entry_seq', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('stage', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('to', models.CharField(blank=True, max_length=32)),
                ('letter', models.CharField(blank=True, max_length=60)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['at', 'id'], name='timer_due')],
                'constraints': [models.UniqueConstraint(fields=('case', 'entry_seq', 'kind', 'stage'), name='timer_once')],
            },
        ),
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='effects', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('controller', models.CharField(blank=True, max_length=40)),
                ('kind', models.CharField(max_length=20)),
                ('target', models.CharField(max_length=60)),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('payload', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('ready', 'Ready'), ('claimed', 'Claimed'), ('sending', 'Sending'), ('done', 'Done'), ('dead', 'Dead'), ('unclear', 'Unclear'), ('skipped', 'Skipped')], default='ready', max_length=8)),
                ('token', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField()),
                ('last_error', models.CharField(blank=True, max_length=400)),
                ('failure', models.JSONField(default=dict)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['ready', 'claimed', 'sending'])), fields=['controller', 'not_before', 'id'], name='effect_waiting'), models.Index(condition=models.Q(('state__in', ['dead', 'unclear'])), fields=['not_before', 'id'], name='effect_stuck')],
                'constraints': [models.UniqueConstraint(fields=('case', 'seq', 'kind', 'target', 'ordinal'), name='effect_once')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='people.member')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.case')),
                ('kind', models.CharField(max_length=40)),
                ('stage', models.CharField(blank=True, max_length=60)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['member', '-created_at'], name='cases_notic_member__0ffc98_idx'), models.Index(condition=models.Q(('read_at', None)), fields=['id'], name='notice_unread')],
            },
        ),
        migrations.CreateModel(
            name='Key',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField()),
                ('key', models.CharField(max_length=120)),
                ('digest', models.BinaryField(max_length=32)),
                ('case', models.UUIDField()),
                ('seq', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor', 'key'), name='key_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('controller', models.CharField(max_length=40)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'fiscal_year'), name='case_counter_once')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='people.member')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('reached', 'Reached'), ('not_reached', 'Not reached'), ('call_back', 'Call back later')], max_length=12)),
                ('until', models.BigIntegerField()),
                ('back_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['member', '-at'], name='call_newest')],
            },
        ),
        migrations.CreateModel(
            name='DecisionLog',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('member', models.UUIDField()),
                ('action', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=12)),
                ('case', models.UUIDField(null=True)),
                ('seq', models.PositiveIntegerField(null=True)),
                ('inputs', models.JSONField()),
                ('salt', models.BinaryField(max_length=32, null=True)),
                ('outcome', models.CharField(max_length=12)),
                ('rules', models.JSONField(default=list)),
                ('policies', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='decision_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Lane',
            fields=[
                ('kind', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('minute', models.DateTimeField()),
                ('used', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('kind', models.CharField(max_length=12)),
                ('subject', models.UUIDField()),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='cases.case')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='people.person')),
                ('how', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('glass', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['case', '-at'], name='look_by_case'), models.Index(fields=['person', '-at'], name='look_by_person'), models.Index(fields=['member', '-at'], name='look_by_member')],
            },
        ),
        migrations.CreateModel(
            name='Mended',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('effect', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mended', to='cases.effect')),
                ('how', models.CharField(choices=[('retried', 'Tried again'), ('skipped', 'Left out'), ('reassigned', 'Told to somebody else')], max_length=10)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('was', models.CharField(max_length=8)),
                ('attempts', models.PositiveSmallIntegerField()),
                ('error', models.CharField(blank=True, max_length=400)),
                ('to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
