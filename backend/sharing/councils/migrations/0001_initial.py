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
            name='GlassAttempt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=8)),
                ('term', models.CharField(blank=True, max_length=64)),
                ('danger', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=500)),
                ('outcome', models.CharField(max_length=8)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
            options={
                'indexes': [models.Index(fields=['-at'], name='glass_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='session', serialize=False, to='cases.case')),
                ('title', models.CharField(max_length=120)),
                ('basis', models.CharField(max_length=24)),
                ('held_on', models.DateField()),
                ('starts', models.CharField(max_length=5)),
                ('venue', models.CharField(max_length=120)),
                ('chair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='planned', max_length=9)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('items_shared', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='SessionMember',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='councils.session')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('part', models.CharField(max_length=12)),
                ('listed_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('on_paper', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('session', 'member'), name='session_member_once')],
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agenda', to='councils.session')),
                ('symbol', models.CharField(max_length=2)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('controller', models.CharField(max_length=40)),
                ('brought_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('session', 'symbol'), name='agenda_symbol_once'), models.UniqueConstraint(fields=('session', 'case'), name='agenda_case_once')],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='councils.agendaitem')),
                ('title', models.CharField(max_length=120)),
                ('categories', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('sha256', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='PaperPart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='councils.paper')),
                ('category', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('paper', 'category'), name='paper_part_once')],
            },
        ),
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='councils.paper')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='councils.sessionmember')),
                ('number', models.PositiveIntegerField()),
                ('shared_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('printed_at', models.DateTimeField(null=True)),
                ('collected_at', models.DateTimeField(null=True)),
                ('missing', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('collected_at', None), ('printed_at__isnull', False)), fields=['paper'], name='copy_outstanding')],
                'constraints': [models.UniqueConstraint(fields=('paper', 'holder'), name='copy_once')],
            },
        ),
    ]
