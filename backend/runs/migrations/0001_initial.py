import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('business_date', models.DateField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('asked', 'Asked')], max_length=8)),
                ('token', models.UUIDField(null=True)),
                ('holder', models.CharField(blank=True, max_length=100)),
                ('lease_until', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('troubles', models.JSONField(default=list)),
                ('result', models.JSONField(default=dict)),
                ('reached', models.JSONField(null=True)),
                ('starts', models.PositiveIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, max_length=400)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('caught_up_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='caught_up', to='runs.run')),
            ],
            options={
                'indexes': [models.Index(fields=['-started_at'], name='run_newest'), models.Index(condition=models.Q(('asked_at__isnull', False)), fields=['asked_at'], name='run_asked')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'business_date'), name='run_once')],
            },
        ),
        migrations.CreateModel(
            name='Moved',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moved', to='cases.case')),
                ('entry_seq', models.PositiveIntegerField()),
                ('before', models.DateTimeField()),
                ('after', models.DateTimeField()),
                ('why_ja', models.CharField(max_length=400)),
                ('why_en', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['case', '-at'], name='moved_of_case')],
            },
        ),
        migrations.CreateModel(
            name='TermTold',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('ends_on', models.DateField()),
                ('stage', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'ends_on', 'stage'), name='term_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('ends_on', models.DateField()),
                ('years', models.PositiveSmallIntegerField()),
                ('cite', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['-at'], name='proposal_newest')],
                'constraints': [models.UniqueConstraint(fields=('case', 'ends_on'), name='proposed_once')],
            },
        ),
        migrations.CreateModel(
            name='Statistics',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('month', models.DateField()),
                ('table', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'month'), name='statistics_once')],
            },
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='digests', to='people.member')),
                ('business_date', models.DateField()),
                ('channel', models.CharField(default='mail', max_length=12)),
                ('state', models.CharField(choices=[('ready', 'Ready'), ('sending', 'Sending'), ('sent', 'Sent'), ('refused', 'Refused'), ('unclear', 'Unclear'), ('merged', 'Merged'), ('skipped', 'Skipped')], default='ready', max_length=8)),
                ('last_error', models.CharField(blank=True, max_length=400)),
                ('failure', models.JSONField(default=dict)),
                ('sent_at', models.DateTimeField(null=True)),
                ('held_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['ready', 'sending'])), fields=['business_date', 'id'], name='digest_waiting'), models.Index(condition=models.Q(('state__in', ['refused', 'unclear'])), fields=['member', '-business_date'], name='digest_stuck')],
                'constraints': [models.UniqueConstraint(fields=('member', 'business_date', 'channel'), name='digest_once')],
            },
        ),
        migrations.CreateModel(
            name='Decided',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decided', to='runs.digest')),
                ('how', models.CharField(choices=[('retried', 'Tried again'), ('skipped', 'Left out')], max_length=8)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('was', models.CharField(max_length=8)),
                ('error', models.CharField(blank=True, max_length=400)),
            ],
        ),
    ]
