import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who may be shown on a day, codes to answer with, answers on paper, and what was sent to whom."""

    replaces = [
        ("consent", "0005_checks"),
        ("consent", "0007_codes"),
        ("consent", "0011_scans"),
        ("consent", "0020_a_mailed_code_ends_with_its_address"),
    ]
    dependencies = [
        ("consent", "0002_orders_objections_and_decisions"),
        ("students", "0007_an_account_of_several_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='for which day')),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('checked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purpose')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purposetext')),
            ],
            options={
                'ordering': ['-checked_at'],
            },
        ),
        migrations.CreateModel(
            name='CheckedPupil',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_allowed', models.BooleanField()),
                ('check_made', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pupils', to='consent.check')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('check_made', 'pupil'), name='a_pupil_is_checked_once_in_a_check'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=5, unique=True)),
                ('secret_hash', models.BinaryField(max_length=32)),
                ('route', models.CharField(choices=[('letter', 'by letter'), ('mail', 'by e-mail'), ('handed', 'handed over at school')], max_length=10)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_on', models.DateField(verbose_name='up to and including')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consent_codes', to='students.parent')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consent_codes', to='students.pupil')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('used_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mailed_to', models.BinaryField(max_length=32, null=True)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('used_at__isnull', True), ('used_by__isnull', True)), models.Q(('used_at__isnull', False), ('used_by__isnull', False)), _connector='OR'), name='who_uses_a_code_and_when_go_together'),
                    models.CheckConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='a_code_is_used_or_withdrawn_not_both'),
                    models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='a_code_takes_five_tries'),
                    models.UniqueConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('pupil', 'parent'), name='a_person_has_one_open_code_for_a_pupil', nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(('withdrawn_by__isnull', True), ('withdrawn_at__isnull', False), _connector='OR'), name='who_withdraws_a_code_has_a_moment'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('blob', models.UUIDField(editable=False, unique=True)),
                ('sealed', models.BinaryField()),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-added_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='a_scan_is_withdrawn_when_and_by_whom'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ScannedAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='consent.answer')),
                ('scan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='consent.scan')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('scan', 'answer'), name='an_answer_stands_on_a_paper_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LetterRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('letters', 'letters to parents'), ('slips', 'slips for pupils')], max_length=10)),
                ('is_again', models.BooleanField(default=False, verbose_name='also who was written to before')),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(null=True)),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.group')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-started_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='no_more_letters_than_people'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LetterFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('people', models.PositiveSmallIntegerField()),
                ('sealed', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('downloaded_at', models.DateTimeField(null=True)),
                ('expired_at', models.DateTimeField(null=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='consent.letterrun')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'number'), name='one_file_of_letters_of_a_number'),
                    models.CheckConstraint(condition=models.Q(models.Q(('downloaded_at', None), ('expired_at', None), ('sealed__isnull', False)), models.Q(('downloaded_at__isnull', False), ('expired_at', None), ('sealed__isnull', True)), models.Q(('downloaded_at', None), ('expired_at__isnull', False), ('sealed__isnull', True)), _connector='OR'), name='letters_are_kept_until_they_are_downloaded_or_expire'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('asked', 'asked'), ('first-reminder', 'first reminder'), ('second-reminder', 'second reminder'), ('extra-reminder', 'reminder by hand')], max_length=16)),
                ('route', models.CharField(choices=[('letter', 'by letter'), ('mail', 'by e-mail'), ('handed', 'handed over at school')], max_length=10)),
                ('sent_on', models.DateField()),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('code', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.code')),
                ('letters', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sendings', to='consent.letterfile')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.parent')),
                ('pupil', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('representative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.representative')),
                ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.round')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school', 'sent_at'], name='consent_sen_school__87942a_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('parent__isnull', False), ('pupil__isnull', True), ('representative__isnull', True)), models.Q(('parent__isnull', True), ('pupil__isnull', False), ('representative__isnull', True)), models.Q(('parent__isnull', True), ('pupil__isnull', True), ('representative__isnull', False)), _connector='OR'), name='something_is_sent_to_one_person'),
                    models.UniqueConstraint(condition=models.Q(('kind', 'asked'), _negated=True), fields=('parent', 'pupil', 'representative', 'sent_on'), name='nobody_is_reminded_twice_a_day', nulls_distinct=False),
                ],
            },
        ),
    ]
