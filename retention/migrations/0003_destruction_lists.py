import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_GOING = """
create index items_being_destroyed on retention_destructionitem (dossier_id, kind)
    where outcome = 'intended';
"""


class Migration(migrations.Migration):
    """A list of a school and day, and on it each pupil with each kind of record."""

    replaces = [
        ("retention", "0005_lists"),
        ("retention", "0025_a_list_of_a_school_a_day"),
        ("retention", "0036_a_cancelled_list_says_why"),
        ("retention", "0037_why_a_list_stopped"),
    ]
    dependencies = [
        ("retention", "0002_terms_holds_and_absences"),
        ("students", "0008_a_family_is_hidden_per_child"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DestructionList',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('due_until', models.DateField(verbose_name='falls due up to and including')),
                ('made_on', models.DateField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('reviewed_on', models.DateField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('approved_on', models.DateField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('cancelled_on', models.DateField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('begun_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='destruction_lists', to='students.school')),
                ('assigned_at', models.DateTimeField(null=True)),
                ('assigned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cancelled_because', models.CharField(blank=True, choices=[('decided', 'Something on it was decided wrong.'), ('days', 'A leaving date or a term is not right.'), ('keep', 'Something on it must be kept longer.'), ('look', 'We want to look at it together first.')], max_length=10, verbose_name='why it was cancelled')),
                ('stopped_because', models.CharField(blank=True, max_length=20)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('stopped_told_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['-made_on', 'name'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True), ('reviewed_on__isnull', True)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('reviewed_on__isnull', False)), _connector='OR'), name='a_list_is_reviewed_by_somebody_on_a_day'),
                    models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True), ('approved_on__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('approved_on__isnull', False)), _connector='OR'), name='a_list_is_approved_by_somebody_on_a_day'),
                    models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', True), ('cancelled_by__isnull', True), ('cancelled_on__isnull', True)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False), ('cancelled_on__isnull', False)), _connector='OR'), name='a_list_is_cancelled_by_somebody_on_a_day'),
                    models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('reviewed_by__isnull', False), models.Q(('approved_by', models.F('reviewed_by')), _negated=True), models.Q(('made_by__isnull', True), models.Q(('approved_by', models.F('made_by')), _negated=True), _connector='OR'), ('approved_on__gte', models.F('reviewed_on'))), _connector='OR'), name='a_list_is_approved_after_its_review_by_a_second_person'),
                    models.CheckConstraint(condition=models.Q(('begun_at__isnull', True), models.Q(('approved_on__isnull', False), ('cancelled_on__isnull', True)), _connector='OR'), name='a_list_is_carried_out_once_it_is_approved_and_not_cancelled'),
                    models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('begun_at__isnull', False), _connector='OR'), name='a_list_closes_after_it_began'),
                    models.CheckConstraint(condition=models.Q(models.Q(('assigned_at', None), ('assigned_by', None), ('reviewer', None)), models.Q(('assigned_at__isnull', False), ('assigned_by__isnull', False), ('reviewer__isnull', False)), _connector='OR'), name='a_review_is_given_to_somebody_by_somebody'),
                    models.UniqueConstraint(condition=models.Q(('cancelled_on__isnull', True)), fields=('school', 'made_on'), name='a_school_makes_one_list_a_day'),
                    models.CheckConstraint(condition=models.Q(models.Q(('cancelled_because', ''), ('cancelled_on__isnull', True)), models.Q(('cancelled_because', ''), ('reviewed_on__isnull', True)), models.Q(('cancelled_because__in', ['decided', 'days', 'keep', 'look']), ('cancelled_on__isnull', False)), _connector='OR'), name='a_reviewed_list_is_cancelled_with_a_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('stopped_at', None), ('stopped_because', ''), ('stopped_told_on', None)), models.Q(('stopped_at__isnull', False), ('stopped_because__gt', '')), _connector='OR'), name='a_list_is_stopped_since_a_moment'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DestructionItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('dossier_id', models.UUIDField()),
                ('kind', models.CharField(choices=[('guidance', 'Dossier: guidance, reports, care, emergency card'), ('medical', 'Dossier: medical part'), ('agreements', 'Dossier: agreements'), ('consent', 'Consent: questions, answers and proofs'), ('pictures', 'Pictures: checks, publications and recordings'), ('parents', 'Parents: contact data and authority'), ('administration', 'Administration: enrolment and attendance')], max_length=20)),
                ('last_day', models.DateField()),
                ('due_on', models.DateField()),
                ('decision', models.CharField(blank=True, choices=[('destroy', 'destroy'), ('keep', 'keep')], max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('intended', 'being destroyed'), ('destroyed', 'destroyed'), ('left', 'left alone')], max_length=10)),
                ('left_because', models.CharField(blank=True, max_length=20)),
                ('done_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='retention.destructionlist')),
                ('failed_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['due_on', 'pk'],
                'indexes': [
                    models.Index(fields=['dossier_id', 'kind'], name='items_of_a_dossier'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('list', 'dossier_id', 'kind'), name='a_kind_of_record_is_listed_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='an_item_is_decided_by_somebody_at_some_time'),
                    models.CheckConstraint(condition=models.Q(('outcome', ''), ('decision', 'destroy'), _connector='OR'), name='only_what_is_to_be_destroyed_has_an_outcome'),
                    models.CheckConstraint(condition=models.Q(models.Q(('left_because__gt', ''), ('outcome', 'left')), models.Q(models.Q(('outcome', 'left'), _negated=True), ('left_because', '')), _connector='OR'), name='what_is_left_alone_says_why'),
                    models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('last_day'))), name='an_item_falls_due_after_the_last_day'),
                ],
            },
        ),
        migrations.RunSQL(_GOING, migrations.RunSQL.noop),
    ]
