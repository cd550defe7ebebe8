import backend.letters.models
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
            name='LetterCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('controller', models.CharField(max_length=40)),
                ('symbol', models.CharField(max_length=12)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField()),
                ('last_dated_on', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'symbol', 'fiscal_year'), name='letter_series_once')],
            },
        ),
        migrations.CreateModel(
            name='IssuedLetter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='cases.case')),
                ('seq', models.PositiveIntegerField()),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('definition', models.CharField(max_length=60)),
                ('definition_hash', models.CharField(max_length=64)),
                ('controller', models.CharField(max_length=40)),
                ('organisation', models.CharField(max_length=40)),
                ('symbol', models.CharField(max_length=12)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField(null=True)),
                ('branch', models.PositiveSmallIntegerField(default=1)),
                ('dated_on', models.DateField()),
                ('addressee_kind', models.CharField(max_length=12)),
                ('addressee', models.CharField(blank=True, max_length=60)),
                ('state', models.CharField(choices=[('held', 'Held'), ('drafted', 'Drafted'), ('approved', 'Approved'), ('issued', 'Issued'), ('posted', 'Posted'), ('returned', 'Returned'), ('void', 'Void')], max_length=8)),
                ('held', models.CharField(blank=True, max_length=20)),
                ('two_person', models.BooleanField(default=False)),
                ('inputs', models.BinaryField(null=True)),
                ('inputs_salt', models.BinaryField(max_length=32)),
                ('inputs_digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'seq'], name='letters_iss_case_id_7980f4_idx'), models.Index(condition=models.Q(('inputs__isnull', False)), fields=['created_at', 'id'], name='letter_unprinted'), models.Index(condition=models.Q(('state', 'held')), fields=['id'], name='letter_held')],
                'constraints': [models.UniqueConstraint(fields=('case', 'seq', 'definition', 'ordinal', 'branch'), name='letter_once'), models.UniqueConstraint(fields=('controller', 'symbol', 'fiscal_year', 'number', 'branch'), name='letter_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('number__gt', 0), ('number__isnull', False)), models.Q(('number', None), ('state__in', ['held', 'drafted', 'approved', 'void'])), _connector='OR'), name='letter_issued_has_number'), models.CheckConstraint(condition=models.Q(('branch__gt', 0)), name='letter_branch_counts_from_one')],
            },
        ),
        migrations.CreateModel(
            name='FrozenPdf',
            fields=[
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='frozen', serialize=False, to='letters.issuedletter')),
                ('pdf', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('pages', models.PositiveSmallIntegerField()),
                ('frozen_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256', backend.letters.models.Sha256Hex(models.F('pdf')))), name='frozen_pdf_is_whole'), models.CheckConstraint(condition=models.Q(('pages__gt', 0)), name='frozen_pdf_has_pages')],
            },
        ),
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='envelope', serialize=False, to='letters.issuedletter')),
                ('zip', models.CharField(blank=True, max_length=7)),
                ('names', models.TextField()),
                ('paper', models.CharField(max_length=12)),
                ('window', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='ReplySlip',
            fields=[
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='slip', serialize=False, to='letters.issuedletter')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='LetterEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='letters.issuedletter')),
                ('nth', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('held', 'Held'), ('drafted', 'Drafted'), ('approved', 'Approved'), ('issued', 'Issued'), ('tried', 'Tried again'), ('printed', 'Printed'), ('reprinted', 'Reprinted'), ('withheld', 'Kept out of the post'), ('released', 'Released'), ('posted', 'Posted'), ('returned', 'Returned'), ('checked', 'Address checked'), ('answered', 'Answered'), ('voided', 'Voided')], max_length=9)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('witness', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['letter', 'nth'],
                'constraints': [models.UniqueConstraint(fields=('letter', 'nth'), name='letter_event_once'), models.UniqueConstraint(condition=models.Q(('kind', 'posted')), fields=('letter',), name='letter_posted_once'), models.UniqueConstraint(condition=models.Q(('kind', 'answered')), fields=('letter',), name='letter_answered_once')],
            },
        ),
        migrations.CreateModel(
            name='DisposedLetter',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=40)),
                ('symbol', models.CharField(max_length=12)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('branch', models.PositiveSmallIntegerField()),
                ('certificate', models.PositiveIntegerField()),
                ('file', models.UUIDField(null=True)),
                ('place', models.PositiveIntegerField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('controller', 'symbol', 'fiscal_year', 'number', 'branch'), name='disposed_letter_once')],
            },
        ),
    ]
