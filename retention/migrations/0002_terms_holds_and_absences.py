import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Terms that a board set, holds with their words, kinds that ended, who left a roster unsaid."""

    replaces = [("retention", "0002_terms_and_holds")]
    dependencies = [
        ("retention", "0001_backups_and_the_ledger"),
        ("retention", "0043_a_hold_is_asked_of_many"),  # see 0001
        ("dossiers", "0013_assigned_on_our_day"),
        ("students", "0008_a_family_is_hidden_per_child"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TermChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('guidance', 'Dossier: guidance, reports, care, emergency card'), ('medical', 'Dossier: medical part'), ('agreements', 'Dossier: agreements'), ('consent', 'Consent: questions, answers and proofs'), ('pictures', 'Pictures: checks, publications and recordings'), ('parents', 'Parents: contact data and authority'), ('administration', 'Administration: enrolment and attendance')], max_length=20, verbose_name='kind of record')),
                ('years', models.PositiveSmallIntegerField(verbose_name='years')),
                ('starts', models.CharField(choices=[('left', 'the last day at school'), ('year-end', '31 July after the last day at school')], default='left', max_length=10, verbose_name='starting from')),
                ('source', models.CharField(max_length=300, verbose_name='legal source')),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('approved_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='term_changes', to='students.board')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-proposed_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('source__regex', '\\S.{3,}\\S')), name='a_term_names_its_legal_source'),
                    models.CheckConstraint(condition=models.Q(('years__range', (1, 30))), name='a_term_lasts_a_year_at_least_and_thirty_at_most'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'administration'), _negated=True), ('years__gte', 5), _connector='OR'), name='a_term_is_not_shorter_than_the_law_demands'),
                    models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='a_second_person_approves_a_term'),
                    models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='a_term_is_approved_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='a_term_is_withdrawn_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='a_term_is_not_approved_and_withdrawn'),
                    models.UniqueConstraint(condition=models.Q(('approved_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('board', 'kind'), name='one_term_of_a_kind_waits_for_approval'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HoldWords',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('because', models.CharField(choices=[('complaint', 'a complaint'), ('inspection', 'an inspection'), ('request', 'a request under the AVG'), ('procedure', 'a procedure at court or an investigation'), ('other', 'another reason')], max_length=12, verbose_name='what for')),
                ('starts_on', models.DateField(verbose_name='since')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='up to and including')),
                ('room', models.CharField(blank=True, max_length=20)),
                ('placed_as', models.CharField(blank=True, max_length=30)),
                ('placed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('review_on', models.DateField(verbose_name='looked at again on')),
                ('lifted_on', models.DateField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='dossiers.dossier')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifting', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lifted', to='retention.holdwords')),
                ('words', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='placed', to='retention.holdwords')),
            ],
            options={
                'ordering': ['review_on', 'placed_at'],
                'indexes': [
                    models.Index(condition=models.Q(('lifted_at__isnull', True)), fields=['dossier'], name='holds_not_lifted'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('placed_as__gt', ''), ('placed_by__isnull', False), ('room', ''), ('words__isnull', False)), models.Q(models.Q(('room', ''), _negated=True), ('lifted_by__isnull', True), ('placed_by__isnull', True), ('words__isnull', True), ('lifting__isnull', True), ('placed_as', '')), _connector='OR'), name='a_hold_is_placed_by_somebody_with_words_or_by_a_room'),
                    models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True), ('lifted_on__isnull', True), ('lifting__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), ('lifted_on__isnull', False), ('lifting__isnull', False)), models.Q(models.Q(('room', ''), _negated=True), ('lifted_at__isnull', False), ('lifted_on__isnull', False)), _connector='OR'), name='a_hold_is_lifted_by_somebody_with_words'),
                    models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_hold_ends_after_it_starts'),
                    models.CheckConstraint(condition=models.Q(models.Q(('room', ''), _negated=True), ('review_on__gt', models.F('starts_on')), _connector='OR'), name='a_hold_is_reviewed_within_a_year'),
                    models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True), models.Q(('room', ''), _negated=True)), fields=('dossier', 'room', 'because'), name='a_room_holds_a_dossier_once_for_one_thing'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HoldReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reviewed_on', models.DateField()),
                ('reviewed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='retention.hold')),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('words', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='kept', to='retention.holdwords')),
            ],
            options={
                'ordering': ['reviewed_at'],
            },
        ),
        migrations.CreateModel(
            name='EndedKind',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('dossier_id', models.UUIDField()),
                ('kind', models.CharField(choices=[('guidance', 'Dossier: guidance, reports, care, emergency card'), ('medical', 'Dossier: medical part'), ('agreements', 'Dossier: agreements'), ('consent', 'Consent: questions, answers and proofs'), ('pictures', 'Pictures: checks, publications and recordings'), ('parents', 'Parents: contact data and authority'), ('administration', 'Administration: enrolment and attendance')], max_length=20)),
                ('ended_on', models.DateField()),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('dossier_id', 'kind'), name='a_kind_of_record_ends_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('system', models.CharField(max_length=64)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='students.enrolment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('enrolment', 'system'), name='a_pupil_is_absent_from_a_roster_once_at_a_time'),
                    models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='an_absence_ends_after_it_starts'),
                ],
            },
        ),
    ]
