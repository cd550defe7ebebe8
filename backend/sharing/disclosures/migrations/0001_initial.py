import backend.letters.models
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='people.person')),
                ('controller', models.CharField(max_length=40)),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='people.organisation')),
                ('recipient_member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('recipient_name', models.CharField(max_length=120)),
                ('purpose', models.CharField(max_length=40)),
                ('basis', models.CharField(max_length=40)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('obligations', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('rules', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('frozen_at', models.DateTimeField()),
                ('frozen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('expires_on', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-frozen_at'], name='package_of_person'), models.Index(fields=['source', '-frozen_at'], name='package_of_source')],
                'constraints': [models.UniqueConstraint(fields=('case', 'seq'), name='package_once'), models.CheckConstraint(condition=models.Q(('sha256', backend.letters.models.Sha256Hex(models.F('content')))), name='package_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='PackageEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='disclosures.package')),
                ('kind', models.CharField(choices=[('issued', 'Handed over'), ('opened', 'Opened'), ('recalled', 'Recalled'), ('expired', 'Expired'), ('ended', 'Ended'), ('returned', 'Came back'), ('released', 'Address released by two')], max_length=9)),
                ('key', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('witness', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('reader', models.CharField(blank=True, max_length=60)),
                ('detail', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'indexes': [models.Index(fields=['package', 'at'], name='package_event_in_order')],
                'constraints': [models.UniqueConstraint(fields=('package', 'key'), name='package_event_once')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='disclosures.package')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('code_hash', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('expires_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('openings', models.PositiveSmallIntegerField(default=0)),
                ('replaced_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('package',), name='link_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Arrangement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('purpose', 'Registered purpose of use'), ('contract', 'Entrustment'), ('joint_use', 'Announced joint use')], max_length=9)),
                ('controller', models.CharField(max_length=40)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('reference', models.CharField(max_length=80)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('noted_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['controller', 'kind'], name='arrangement_of_controller')],
            },
        ),
        migrations.CreateModel(
            name='NamedRecipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named', to='people.person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('named_at', models.DateTimeField()),
                ('witness', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('witnessed_at', models.DateTimeField(null=True)),
                ('valid_until', models.DateField()),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('named_by', models.F('witness')), _negated=True), name='named_recipient_by_two')],
            },
        ),
        migrations.CreateModel(
            name='ProtectionEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('reason', models.CharField(max_length=200)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('asked_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('decided_at', models.DateTimeField(null=True)),
                ('agreed', models.BooleanField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('person',), name='protection_end_one_waits'), models.CheckConstraint(condition=models.Q(models.Q(('agreed', True), _negated=True), models.Q(('asked_by', models.F('decided_by')), _negated=True), _connector='OR'), name='protection_ended_by_two')],
            },
        ),
    ]
