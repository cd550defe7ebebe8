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
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.person')),
                ('controller', models.CharField(max_length=40)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('corrected_seq', models.PositiveIntegerField(null=True)),
                ('said', models.CharField(choices=[('given', 'Given'), ('partial', 'Partial'), ('refused', 'Refused'), ('pending', 'Pending'), ('withdrawn', 'Withdrawn')], max_length=9)),
                ('said_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('method', models.CharField(max_length=12)),
                ('witnessed', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=24)),
                ('proof', models.CharField(blank=True, max_length=24)),
                ('own', models.BooleanField(default=False)),
                ('wording', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=12)),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('recipients', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('excluded', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('layers', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_how', models.CharField(blank=True, choices=[('withdrawn', 'Withdrawn'), ('refused', 'Refused'), ('replaced', 'Replaced')], max_length=9)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consents.consent')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'said_at'], name='consent_of_person'), models.Index(condition=models.Q(('ended_at', None), ('said__in', ['given', 'partial'])), fields=['valid_until', 'id'], name='consent_running_out')],
                'constraints': [models.UniqueConstraint(fields=('case', 'seq'), name='consent_once')],
            },
        ),
        migrations.CreateModel(
            name='Reminded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminded', to='consents.consent')),
                ('stage', models.CharField(max_length=12)),
                ('valid_until', models.DateField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('consent', 'stage', 'valid_until'), name='consent_reminded_once')],
            },
        ),
    ]
