import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was published and taken down, recorded, asked by who films, and read by every parent."""

    replaces = [("consent", "0015_pictures")]
    dependencies = [
        ("consent", "0003_checks_codes_scans_and_letters"),
        ("students", "0007_an_account_of_several_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FilmingRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('occasion', models.CharField(max_length=120, verbose_name='occasion')),
                ('day', models.DateField(verbose_name='day')),
                ('why', models.CharField(max_length=500, verbose_name='why')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('decision', models.CharField(blank=True, choices=[('yes', 'yes'), ('conditions', 'yes, on conditions'), ('no', 'no')], max_length=10)),
                ('said', models.CharField(blank=True, max_length=500, verbose_name='conditions or reason')),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.parent')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
            ],
            options={
                'ordering': ['day', 'asked_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='filming_is_decided_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=models.Q(('decision__in', ['', 'yes']), models.Q(('said', ''), _negated=True), _connector='OR'), name='conditions_of_filming_and_a_no_are_in_words'),
                    models.UniqueConstraint(fields=('parent', 'school', 'occasion', 'day'), name='a_parent_asks_once_to_film_an_occasion'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PictureNotice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('text_nl', models.TextField(verbose_name='text in Dutch')),
                ('text_en', models.TextField(verbose_name='text in English')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('in_use_from', models.DateField(null=True, verbose_name='in use from')),
                ('put_in_use_at', models.DateTimeField(null=True)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picture_notices', to='students.board')),
                ('put_in_use_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [
                    models.UniqueConstraint(fields=('board', 'number'), name='one_notice_of_a_number'),
                    models.UniqueConstraint(condition=models.Q(('in_use_from__isnull', True)), fields=('board',), name='a_board_has_one_draft_of_its_notice'),
                    models.CheckConstraint(condition=models.Q(models.Q(('in_use_from__isnull', True), ('put_in_use_at__isnull', True), ('put_in_use_by__isnull', True)), models.Q(('in_use_from__isnull', False), ('put_in_use_at__isnull', False), ('put_in_use_by__isnull', False)), _connector='OR'), name='a_notice_is_put_in_use_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=models.Q(('in_use_from__isnull', True), models.Q(models.Q(('text_nl', ''), _negated=True), models.Q(('text_en', ''), _negated=True)), _connector='OR'), name='a_notice_in_use_speaks_both_languages'),
                ],
            },
        ),
        migrations.CreateModel(
            name='NoticeConfirmation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('year_starts_on', models.DateField()),
                ('route', models.CharField(choices=[('online', 'online'), ('paper', 'on paper')], max_length=10)),
                ('language', models.CharField(choices=[('nl', 'Dutch'), ('en', 'English')], max_length=2)),
                ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.parent')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='consent.picturenotice')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('notice', 'parent', 'year_starts_on'), name='a_parent_confirms_a_notice_once_a_year'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.CharField(max_length=300, verbose_name='where')),
                ('published_on', models.DateField(verbose_name='published on')),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ended_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('check_made', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='consent.check')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purpose')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purposetext')),
            ],
            options={
                'ordering': ['-published_on', '-published_at'],
                'indexes': [
                    models.Index(fields=['school', 'ended_on'], name='consent_pub_school__10f9e9_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('place', ''), _negated=True), name='a_publication_is_somewhere'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('ended_on__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('ended_on__gte', models.F('published_on'))), _connector='OR'), name='who_ends_a_publication_and_when_go_together'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('recorded_on', models.DateField(verbose_name='day of the lesson')),
                ('purpose', models.CharField(default='own-teaching', editable=False, max_length=20)),
                ('kept_where', models.CharField(max_length=200, verbose_name='where it is kept')),
                ('ends_on', models.DateField(verbose_name='deleted at the latest on')),
                ('entered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('deleted_on', models.DateField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('deleted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.group')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-recorded_on', '-entered_at'],
                'indexes': [
                    models.Index(fields=['school', 'deleted_on', 'ends_on'], name='consent_rec_school__0e8917_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('purpose', 'own-teaching')), name='a_recording_serves_own_teaching_only'),
                    models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('recorded_on'))), name='a_recording_ends_after_the_lesson'),
                    models.CheckConstraint(condition=models.Q(models.Q(('deleted_at__isnull', True), ('deleted_by__isnull', True), ('deleted_on__isnull', True)), models.Q(('deleted_at__isnull', False), ('deleted_by__isnull', False), ('deleted_on__isnull', False)), _connector='OR'), name='who_deletes_a_recording_and_when_go_together'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RecordedPupil',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_out_of_view', models.BooleanField()),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pupils', to='consent.recording')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('recording', 'pupil'), name='a_pupil_is_in_a_recording_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RecordingTerm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='days')),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recording_terms', to='students.board')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-set_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('days__range', (1, 366))), name='a_recording_is_kept_a_year_at_most'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('how', models.CharField(choices=[('whole', 'all of it was taken down'), ('part', 'this pupil was cut out or made unrecognisable'), ('paper', 'it is on paper: no more copies are made or handed out')], max_length=10, verbose_name='what was done')),
                ('done_on', models.DateField(verbose_name='on which day')),
                ('done_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('sealed', models.BinaryField()),
                ('blob', models.UUIDField(editable=False, null=True, unique=True)),
                ('done_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='removals', to='consent.publication')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
            ],
            options={
                'ordering': ['done_at'],
            },
        ),
        migrations.CreateModel(
            name='PublishedPupil',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('gone_on', models.DateField(null=True)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pupils', to='consent.publication')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='students.pupil')),
                ('removal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pupils', to='consent.removal')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('publication', 'pupil'), name='a_pupil_is_in_a_publication_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('gone_on__isnull', True), ('removal__isnull', True)), models.Q(('gone_on__isnull', False), ('removal__isnull', False)), _connector='OR'), name='a_pupil_is_gone_from_a_publication_by_a_removal'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TakeDown',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_on', models.DateField()),
                ('due_on', models.DateField()),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('outcome', models.CharField(blank=True, choices=[('gone', 'taken down'), ('allowed', 'everybody agreed again')], max_length=10)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='take_downs', to='consent.publishedpupil')),
            ],
            options={
                'ordering': ['due_on', 'asked_at'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('published',), name='a_pupil_has_one_open_task_in_a_publication'),
                    models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='a_task_is_closed_by_somebody_with_an_outcome'),
                ],
            },
        ),
    ]
