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
            name='Paper',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('form', models.CharField(max_length=60)),
                ('form_hash', models.CharField(max_length=64)),
                ('workflow', models.CharField(blank=True, max_length=60)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='cases.case')),
                ('action', models.CharField(blank=True, max_length=60)),
                ('printed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('printed_at', models.DateTimeField()),
                ('expires_on', models.DateField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('workflow', ''), models.Q(('action', ''), _negated=True)), models.Q(('action', ''), ('case', None)), _connector='OR'), name='paper_bound_to_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='KeyedIn',
            fields=[
                ('token_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keyed_in', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('at', models.DateTimeField()),
            ],
        ),
    ]
