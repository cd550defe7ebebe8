from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('controller', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('worker', 'Worker'), ('state', 'State'), ('area', 'Area')], max_length=8)),
                ('key', models.CharField(blank=True, max_length=120)),
                ('open', models.PositiveIntegerField()),
                ('late', models.PositiveIntegerField()),
                ('today', models.PositiveIntegerField()),
                ('held', models.PositiveIntegerField()),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'kind', 'key'), name='figures_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('controller', models.CharField(max_length=40)),
                ('month', models.DateField()),
                ('area', models.CharField(max_length=16)),
                ('stage', models.PositiveSmallIntegerField()),
                ('ending', models.CharField(max_length=40)),
                ('cases', models.PositiveIntegerField()),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'month', 'area', 'stage', 'ending'), name='figures_cohort_once')],
            },
        ),
        migrations.CreateModel(
            name='Pace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('controller', models.CharField(max_length=40)),
                ('year', models.PositiveSmallIntegerField()),
                ('stage', models.CharField(max_length=40)),
                ('cases', models.PositiveIntegerField()),
                ('minutes', models.PositiveIntegerField()),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'year', 'stage'), name='figures_pace_once')],
            },
        ),
    ]
