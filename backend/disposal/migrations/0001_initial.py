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
            name='DisposalList',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('made_account', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('approved_account', models.CharField(blank=True, max_length=60)),
                ('approved_at', models.DateTimeField(null=True)),
                ('declined_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('declined_at', models.DateTimeField(null=True)),
                ('decline_reason', models.CharField(blank=True, max_length=200)),
                ('done_at', models.DateTimeField(null=True)),
                ('restored_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['controller', '-made_at'], name='disposal_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('made_by', models.F('approved_by')), _negated=True), models.Q(('made_account', models.F('approved_account')), _negated=True)), name='disposal_by_two'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(models.Q(('approved_by__isnull', False), ('restored_at__isnull', False), _connector='OR'), ('approved_at__isnull', False), models.Q(('approved_account', ''), _negated=True)), _connector='OR'), name='disposal_approved_by_somebody'), models.CheckConstraint(condition=models.Q(('made_by__isnull', False), ('restored_at__isnull', False), _connector='OR'), name='disposal_made_by_somebody'), models.CheckConstraint(condition=models.Q(('done_at', None), ('approved_at__isnull', False), _connector='OR'), name='disposal_done_if_approved'), models.CheckConstraint(condition=models.Q(('declined_at', None), ('approved_at', None), _connector='OR'), name='disposal_decided_once')],
            },
        ),
        migrations.CreateModel(
            name='DisposalItem',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='disposal.disposallist')),
                ('kind', models.CharField(choices=[('case', 'Case'), ('person', 'Person')], max_length=6)),
                ('subject', models.UUIDField(null=True)),
                ('number', models.CharField(blank=True, max_length=24)),
                ('workflow', models.CharField(blank=True, max_length=60)),
                ('closed_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('cite', models.CharField(blank=True, max_length=200)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Listed'), ('destroyed', 'Destroyed'), ('kept', 'Held back')], max_length=9)),
                ('why_kept', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('list', 'subject'), name='disposal_item_once')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='cases.case')),
                ('controller', models.CharField(max_length=40)),
                ('basis', models.CharField(blank=True, choices=[('correction', 'Correction: it is not true (個人情報保護法90条、34条)'), ('stop', 'Stop of use: it must not be used or was obtained wrongly (98条、35条)'), ('accuracy', 'The office itself found it wrong (65条、22条)')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('contents', models.JSONField()),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('asked_account', models.CharField(max_length=60)),
                ('asked_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('approved_account', models.CharField(blank=True, max_length=60)),
                ('approved_at', models.DateTimeField(null=True)),
                ('declined_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('declined_at', models.DateTimeField(null=True)),
                ('decline_reason', models.CharField(blank=True, max_length=200)),
                ('seq', models.PositiveIntegerField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('restored_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['case', '-asked_at'], name='erasure_of_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_by', models.F('approved_by')), _negated=True), models.Q(('asked_account', models.F('approved_account')), _negated=True)), name='erasure_by_two'), models.CheckConstraint(condition=models.Q(('restored_at__isnull', False), models.Q(('asked_by__isnull', False), models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_by__isnull', False), ('seq__isnull', False)), _connector='OR')), _connector='OR'), name='erasure_by_somebody'), models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('approved_at__isnull', False), models.Q(('approved_account', ''), _negated=True)), _connector='OR'), name='erasure_done_if_approved'), models.CheckConstraint(condition=models.Q(('declined_at', None), ('approved_at', None), _connector='OR'), name='erasure_decided_once')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disposal_holds', to='cases.case')),
                ('controller', models.CharField(max_length=40)),
                ('why', models.CharField(choices=[('lawsuit', 'Lawsuit or appeal'), ('request', 'Request for disclosure or an inquiry'), ('audit', 'Audit or inspection'), ('other', 'Something else')], max_length=8)),
                ('reason', models.CharField(max_length=400)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('placed_at', models.DateTimeField()),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=400)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='hold_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('list', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='certificate', serialize=False, to='disposal.disposallist')),
                ('controller', models.CharField(max_length=40)),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('cases', models.PositiveIntegerField()),
                ('persons', models.PositiveIntegerField()),
                ('steps', models.PositiveIntegerField()),
                ('contents', models.PositiveIntegerField()),
                ('letters', models.PositiveIntegerField()),
                ('slips', models.PositiveIntegerField()),
                ('packages', models.PositiveIntegerField()),
                ('events', models.PositiveIntegerField()),
                ('leaves', models.PositiveIntegerField()),
                ('digest', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'number'), name='certificate_number_once')],
            },
        ),
        migrations.CreateModel(
            name='DisposedLeaf',
            fields=[
                ('place', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts_for', to='disposal.certificate')),
                ('seq', models.PositiveIntegerField()),
                ('head', models.BinaryField(max_length=32)),
            ],
        ),
    ]
