import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import access.roles


class Migration(migrations.Migration):
    """What families may see of who looked, what they ask about it, and a month's signed report."""

    replaces = [
        ("oversight", "0003_looks"),
        ("oversight", "0012_a_damaged_report_keeps_no_month"),
    ]
    dependencies = [
        ("oversight", "0001_days_findings_and_judgements"),
        ("oversight", "0013_a_month_is_over_by_our_clock"),  # see 0001
        ("students", "0008_a_family_is_hidden_per_child"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldBack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('name', 'the name of a colleague'), ('rows', 'the looks themselves')], max_length=4)),
                ('first_day', models.DateField(null=True, verbose_name='looks from')),
                ('last_day', models.DateField(null=True, verbose_name='looks up to and including')),
                ('is_from_pupil_too', models.BooleanField(default=True, verbose_name='also from the pupil')),
                ('starts_on', models.DateField(verbose_name='since')),
                ('ends_on', models.DateField(verbose_name='up to and including')),
                ('sealed', models.BinaryField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('colleague', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['pupil', 'ends_on'], name='oversight_h_pupil_i_6b5ebc_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on')), ('ends_on__lte', django.db.models.expressions.CombinedExpression(models.F('starts_on'), '+', models.Value(365)))), name='what_is_held_back_ends_within_a_year'),
                    models.CheckConstraint(condition=models.Q(models.Q(('what', 'name'), _negated=True), ('colleague__isnull', False), _connector='OR'), name='a_hidden_name_is_somebodys'),
                    models.CheckConstraint(condition=models.Q(('first_day__isnull', True), ('last_day__isnull', True), ('last_day__gte', models.F('first_day')), _connector='OR'), name='days_held_back_run_forward'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='who_ends_holding_back_and_when_go_together'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LookLeave',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_given', models.BooleanField(verbose_name='may see who looked')),
                ('day', models.DateField(verbose_name='day')),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.parent')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['pupil', 'parent', '-said_at'], name='oversight_l_pupil_i_ec81ee_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LookNames',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_by_name', models.BooleanField(verbose_name='names are shown')),
                ('chosen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.board')),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['board', '-chosen_at'], name='oversight_l_board_i_d74f21_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LookQuestion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('look', models.UUIDField()),
                ('looks', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('lookers', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('looked_on', models.DateField(verbose_name='looked on')),
                ('role', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(max_length=10)),
                ('sealed', models.BinaryField()),
                ('asked_on', models.DateField(verbose_name='asked on')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('goes_to', models.CharField(choices=[('director', 'the director'), ('board', 'the board officer')], max_length=8)),
                ('due_on', models.DateField(verbose_name='answer before or on')),
                ('answer_sealed', models.BinaryField(null=True)),
                ('answered_on', models.DateField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('answered_at', None)), fields=['school', 'due_on'], name='open_q'),
                    models.Index(fields=['asked_by', 'asked_on'], name='oversight_l_asked_b_9556d5_idx'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('asked_by', 'look'), name='a_line_is_asked_about_once_by_each'),
                    models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('asked_on'))), name='a_question_is_due_after_it_was_asked'),
                    models.CheckConstraint(condition=models.Q(models.Q(('answer_sealed__isnull', True), ('answered_at__isnull', True), ('answered_by__isnull', True), ('answered_on__isnull', True)), models.Q(('answer_sealed__isnull', False), ('answered_at__isnull', False), ('answered_by__isnull', False), ('answered_on__isnull', False)), _connector='OR'), name='a_question_is_answered_by_somebody_in_words'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SignedReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('looks', models.PositiveIntegerField()),
                ('refused', models.PositiveIntegerField()),
                ('open_findings', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('blob', models.UUIDField(unique=True)),
                ('paper_digest', models.CharField(max_length=64, unique=True)),
                ('head_number', models.BigIntegerField()),
                ('head_link', models.CharField(max_length=64)),
                ('head_sealed_at', models.DateTimeField()),
                ('language', models.CharField(max_length=2)),
                ('signed_as', models.CharField(choices=access.roles.choices, max_length=30)),
                ('signed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('beside', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='oversight.signedreport')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('first_day__day', 1), ('last_day__gt', models.F('first_day'))), name='a_signed_report_is_about_a_month'),
                    models.UniqueConstraint(fields=('school', 'first_day', 'beside'), name='a_month_of_a_school_is_signed_once', nulls_distinct=False),
                ],
            },
        ),
    ]
