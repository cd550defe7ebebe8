import backend.letters.models
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('letters', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PrintFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('organisation', models.CharField(max_length=40)),
                ('business_date', models.DateField()),
                ('nth', models.PositiveSmallIntegerField()),
                ('paper', models.CharField(max_length=12)),
                ('window', models.BooleanField()),
                ('postage', models.CharField(max_length=40)),
                ('yen', models.PositiveIntegerField(null=True)),
                ('sensitive', models.BooleanField()),
                ('letters', models.PositiveIntegerField()),
                ('sheets', models.PositiveIntegerField()),
                ('cover', models.BinaryField()),
                ('manifest', models.BinaryField()),
                ('manifest_hash', models.CharField(max_length=64)),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'business_date', 'nth'), name='print_file_once'), models.CheckConstraint(condition=models.Q(('manifest_hash', backend.letters.models.Sha256Hex(models.F('manifest')))), name='print_manifest_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='PrintedLetter',
            fields=[
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='printed', serialize=False, to='letters.issuedletter')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='printing.printfile')),
                ('place', models.PositiveIntegerField()),
                ('pages', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['file', 'place'],
                'constraints': [models.UniqueConstraint(fields=('file', 'place'), name='print_place_once')],
            },
        ),
        migrations.CreateModel(
            name='SheetCount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='printing.printfile')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('sheets', models.PositiveIntegerField()),
                ('right', models.BooleanField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['file', 'id'],
            },
        ),
    ]
