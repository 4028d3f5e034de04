import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is asked in which words, who was asked, what they answered, and the receipt of it."""

    initial = True
    # 0001 to 0010 stand for 22 others, which a database from before has applied: as in retention,
    # where 0001 says how.
    replaces = [
        ("consent", "0001_initial"),
        ("consent", "0022_a_mistake_is_corrected"),
    ]
    dependencies = [
        ("students", "0007_an_account_of_several_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Purpose',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40)),
                ('channel', models.CharField(choices=[('pictures', 'taking pictures'), ('class-app', 'class app'), ('school-app', 'school app'), ('newsletter', 'newsletter'), ('guide', 'school guide'), ('website', 'website'), ('social', 'social media'), ('press', 'press'), ('photographer', 'class photographer'), ('recording', 'lesson recordings'), ('filming', 'filming by other parents'), ('contact-list', 'contact list'), ('other', 'something else')], max_length=20, verbose_name='channel')),
                ('is_for_outsiders', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purposes', to='students.board')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('board', 'code'), name='one_purpose_per_code'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='who_ends_a_purpose_and_when_go_together'),
                    models.CheckConstraint(condition=models.Q(models.Q(('channel', 'recording'), _negated=True), ('is_for_outsiders', False), _connector='OR'), name='a_lesson_recording_is_never_disclosed'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PurposeText',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('title_nl', models.CharField(max_length=80, verbose_name='title in Dutch')),
                ('title_en', models.CharField(max_length=80, verbose_name='title in English')),
                ('text_nl', models.TextField(verbose_name='text in Dutch')),
                ('text_en', models.TextField(verbose_name='text in English')),
                ('needs', models.CharField(choices=[('one', 'one parent is enough'), ('all', 'all parents with authority')], max_length=3, verbose_name='whose yes is needed')),
                ('is_pupil_heard', models.BooleanField(default=True, verbose_name="the pupil's own answer counts from 12")),
                ('is_publication', models.BooleanField(default=True, verbose_name='others get to see it')),
                ('is_yearly', models.BooleanField(default=True, verbose_name='ends with the school year')),
                ('is_promised', models.BooleanField(default=True, verbose_name="the board's own papers promise consent")),
                ('is_free', models.BooleanField(default=False, verbose_name='free of consent')),
                ('free_ground', models.CharField(blank=True, max_length=300, verbose_name='ground')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('in_use_from', models.DateField(null=True, verbose_name='in use from')),
                ('put_in_use_at', models.DateTimeField(null=True)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='consent.purpose')),
                ('put_in_use_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [
                    models.UniqueConstraint(fields=('purpose', 'number'), name='one_text_of_a_number'),
                    models.CheckConstraint(condition=models.Q(models.Q(('in_use_from__isnull', True), ('put_in_use_at__isnull', True), ('put_in_use_by__isnull', True)), models.Q(('in_use_from__isnull', False), ('put_in_use_at__isnull', False), ('put_in_use_by__isnull', False)), _connector='OR'), name='a_text_is_put_in_use_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=models.Q(('in_use_from__isnull', True), models.Q(models.Q(('title_nl', ''), _negated=True), models.Q(('title_en', ''), _negated=True), models.Q(('text_nl', ''), _negated=True), models.Q(('text_en', ''), _negated=True)), _connector='OR'), name='a_text_in_use_speaks_both_languages'),
                    models.CheckConstraint(condition=models.Q(('is_free', False), models.Q(models.Q(('free_ground', ''), _negated=True), ('is_promised', False)), _connector='OR'), name='free_of_consent_has_a_ground_and_breaks_no_promise'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('opens_on', models.DateField(verbose_name='opens on')),
                ('reminds_on', models.DateField(verbose_name='first reminder')),
                ('reminds_again_on', models.DateField(verbose_name='second reminder')),
                ('closes_on', models.DateField(verbose_name='last reminder before')),
                ('counts_from', models.DateField(verbose_name='answers count from')),
                ('counts_until', models.DateField(verbose_name='up to and including')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('pupils_total', models.PositiveIntegerField(default=0)),
                ('pupils_done', models.PositiveIntegerField(default=0)),
                ('requests_made', models.PositiveIntegerField(default=0)),
                ('last_pupil', models.UUIDField(null=True)),
                ('carried_out_at', models.DateTimeField(null=True)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='students.school')),
                ('school_year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.schoolyear')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'school_year'), name='one_round_per_school_and_year'),
                    models.CheckConstraint(condition=models.Q(('opens_on__lte', models.F('reminds_on')), ('reminds_on__lte', models.F('reminds_again_on')), ('reminds_again_on__lte', models.F('closes_on')), ('counts_from__lte', models.F('counts_until'))), name='a_round_opens_reminds_and_closes_in_that_order'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers_as', models.CharField(choices=[('parent', 'parent'), ('representative', 'representative'), ('pupil', 'pupil')], max_length=14)),
                ('occasion', models.CharField(choices=[('round', 'the yearly round'), ('enrolment', 'a new pupil'), ('birthday', 'a birthday of 12 or 16'), ('text', 'another text'), ('single', 'asked apart')], max_length=10)),
                ('counts_from', models.DateField()),
                ('counts_until', models.DateField(null=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('party', models.CharField(blank=True, max_length=200)),
                ('items', models.JSONField(null=True)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consent_requests', to='students.parent')),
                ('pupil', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consent_requests', to='students.pupil')),
                ('purpose', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purpose')),
                ('representative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consent_requests', to='students.representative')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purposetext')),
                ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='consent.round')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('answers_as', 'parent'), ('parent__isnull', False), ('representative__isnull', True)), models.Q(('answers_as', 'representative'), ('parent__isnull', True), ('representative__isnull', False)), models.Q(('answers_as', 'pupil'), ('parent__isnull', True), ('representative__isnull', True)), _connector='OR'), name='a_request_asks_one_person'),
                    models.CheckConstraint(condition=models.Q(('round__isnull', True), ('occasion', 'round'), _connector='OR'), name='a_round_makes_requests_of_its_own_kind'),
                    models.UniqueConstraint(fields=('pupil', 'school', 'text', 'counts_from', 'parent', 'representative', 'party'), name='somebody_is_asked_once_for_a_text_and_a_day', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24, unique=True)),
                ('signed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('language', models.CharField(max_length=2)),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ReceiptPaper',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='consent.receipt')),
                ('sealed', models.BinaryField()),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers_as', models.CharField(choices=[('parent', 'parent'), ('representative', 'representative'), ('pupil', 'pupil')], max_length=14)),
                ('counts_from', models.DateField()),
                ('counts_until', models.DateField(null=True)),
                ('said', models.CharField(choices=[('given', 'yes'), ('refused', 'no'), ('withdrawn', 'withdrawn')], max_length=10)),
                ('answered_at', models.DateTimeField()),
                ('route', models.CharField(choices=[('online', 'online'), ('paper', 'on paper'), ('in-person', 'in person')], max_length=10)),
                ('language', models.CharField(choices=[('nl', 'Dutch'), ('en', 'English')], max_length=2)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.parent')),
                ('pupil', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('representative', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.representative')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('purpose', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purpose')),
                ('text', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.purposetext')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='consent.request')),
                ('receipt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='consent.receipt')),
            ],
            options={
                'ordering': ['answered_at'],
                'indexes': [
                    models.Index(fields=['pupil', 'school', 'purpose'], name='consent_ans_pupil_i_5af8b0_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('recorded_at__gte', models.F('answered_at'))), name='an_answer_is_recorded_once_it_was_given'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('decided_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='consent.answer')),
                ('decided_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
            ],
            options={
                'ordering': ['decided_at'],
            },
        ),
    ]
