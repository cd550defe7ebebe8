import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('language', models.CharField(choices=[('ja', '日本語'), ('en', 'English')], default='ja', max_length=2)),
                ('text_size', models.PositiveSmallIntegerField(default=100)),
                ('theme', models.CharField(default='auto', max_length=8)),
                ('furigana', models.BooleanField(default=False)),
                ('western_years', models.BooleanField(default=False)),
                ('letter_keys', models.BooleanField(default=True)),
                ('session_round', models.PositiveIntegerField(db_default=0, default=0)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('used_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tries',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('code', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('kana', models.CharField(blank=True, max_length=120)),
                ('kind', models.CharField(max_length=24)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='people.area')),
                ('valid_from', models.DateField(null=True)),
                ('valid_until', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('name_en', models.CharField(blank=True, max_length=160)),
                ('kana', models.CharField(blank=True, max_length=160)),
                ('type', models.CharField(max_length=40)),
                ('controller', models.CharField(max_length=40)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='people.area')),
                ('zip', models.CharField(blank=True, max_length=8)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('accepts_referrals', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=80)),
                ('kana', models.CharField(blank=True, max_length=120)),
                ('role', models.CharField(choices=[('caseworker', 'Caseworker'), ('supervisor', 'Supervisor'), ('privacy_officer', 'Privacy officer'), ('other_dept', 'Other department'), ('csw_staff', 'Council of Social Welfare staff'), ('welfare_commissioner', 'Welfare commissioner'), ('chief_child_commissioner', 'Chief child commissioner'), ('welfare_volunteer', 'Welfare volunteer'), ('neighborhood_head', 'Head of a neighbourhood association'), ('agency_staff', 'Staff of a receiving agency'), ('business_partner', 'Partner business'), ('auditor', 'Auditor'), ('system', 'Automated run')], max_length=32)),
                ('post', models.CharField(blank=True, max_length=40)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.organisation')),
                ('controller', models.CharField(max_length=40)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.area')),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('pledge_signed_on', models.DateField(null=True)),
                ('trained_until', models.DateField(null=True)),
                ('supervisor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.member')),
                ('deputy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.member')),
                ('deputy_from', models.DateField(null=True)),
                ('deputy_until', models.DateField(null=True)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'role'], name='people_memb_organis_daba8b_idx'), models.Index(fields=['user'], name='people_memb_user_id_90f4cf_idx')],
            },
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='people.area')),
                ('type', models.CharField(default='unknown', max_length=24)),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('kana', models.CharField(blank=True, max_length=160)),
                ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('name_key', models.TextField(blank=True, editable=False)),
                ('address_key', models.TextField(blank=True, editable=False)),
                ('phone_key', models.TextField(blank=True, editable=False)),
                ('sex', models.CharField(default='unknown', max_length=8)),
                ('birth_date', models.DateField(null=True)),
                ('household', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='persons', to='people.household')),
                ('relation', models.CharField(blank=True, max_length=40)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='people.area')),
                ('zip', models.CharField(blank=True, max_length=8)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('phone', models.CharField(blank=True, max_length=24)),
                ('contact_hours', models.CharField(blank=True, max_length=80)),
                ('large_type', models.BooleanField(db_default=False, default=False)),
                ('ruby', models.CharField(blank=True, choices=[('', 'No readings'), ('names', 'Readings over names'), ('all', 'Readings over names and words')], db_default='', default='', max_length=5)),
                ('protected', models.BooleanField(default=False)),
                ('deceased_on', models.DateField(null=True)),
                ('also', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=160), default=list, editable=False, size=None)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.person')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['grams'], name='person_grams'), models.Index(fields=['birth_date'], name='people_pers_birth_d_47824e_idx'), models.Index(django.db.models.functions.comparison.Collate(models.Func(models.F('name_key'), models.Value(' '), models.Value(1), function='split_part', output_field=models.TextField()), 'C'), models.F('id'), name='person_name_head'), models.Index(django.db.models.functions.comparison.Collate(models.Func(models.F('name_key'), models.Value(' '), models.Value(2), function='split_part', output_field=models.TextField()), 'C'), models.F('id'), name='person_kana_head'), models.Index(condition=models.Q(('protected', True)), fields=['controller'], name='person_protected')],
            },
        ),
        migrations.CreateModel(
            name='ProtectedAddress',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='people.person')),
                ('zip', models.CharField(blank=True, max_length=8)),
                ('address', models.CharField(max_length=200)),
                ('phone', models.CharField(blank=True, max_length=24)),
            ],
        ),
        migrations.CreateModel(
            name='PersonRelation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='people.person')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ('relation', models.CharField(max_length=40)),
                ('emergency_order', models.PositiveSmallIntegerField(null=True)),
                ('key_holder', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'other', 'relation'), name='person_relation_once')],
            },
        ),
        migrations.CreateModel(
            name='SearchLog',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
                ('term', models.CharField(max_length=64)),
                ('kinds', models.CharField(blank=True, max_length=80)),
                ('found', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['member', '-at'], name='search_by_member'), models.Index(fields=['term'], name='search_by_term')],
            },
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('found_at', models.DateTimeField()),
                ('verdict', models.CharField(blank=True, choices=[('', 'Open'), ('same', 'Same'), ('different', 'Different'), ('unsure', 'Unsure')], max_length=9)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('verdict__in', ['', 'unsure'])), fields=['controller', 'id'], name='pair_to_decide')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='pair_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='pair_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='people.person')),
                ('merged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_away', to='people.person')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('undone', 'Undone'), ('declined', 'Declined')], max_length=8)),
                ('chosen', models.JSONField(default=list)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('moved', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=200)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('asked_at', models.DateTimeField()),
                ('witness', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('done_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'done'])), fields=('merged',), name='merged_once')],
            },
        ),
        migrations.CreateModel(
            name='PersonChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='people.person')),
                ('seq', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('taken', 'Taken'), ('registered', 'Registered'), ('edited', 'Edited'), ('household', 'Household'), ('kept', 'Kept'), ('merged', 'Merged'), ('parted', 'Parted'), ('protected', 'Protected'), ('unprotected', 'Unprotected')], max_length=12)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('content', models.BinaryField()),
                ('salt', models.BinaryField(max_length=32)),
                ('body', models.BinaryField()),
                ('prev', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'seq'), name='person_change_once')],
            },
        ),
        migrations.CreateModel(
            name='Supporter',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supporters', to='people.person')),
                ('name', models.CharField(max_length=80)),
                ('relation', models.CharField(max_length=40)),
                ('kin', models.BooleanField(default=False)),
                ('phone', models.CharField(blank=True, max_length=24)),
                ('emergency_order', models.PositiveSmallIntegerField(null=True)),
                ('key_holder', models.BooleanField(default=False)),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('noted_at', models.DateTimeField()),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['person'], name='supporter_of_person')],
            },
        ),
    ]
