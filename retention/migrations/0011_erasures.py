import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Requests to erase a note, a file or an agreement, and their words."""

    replaces = [("retention", "0009_erasures")]
    dependencies = [
        ("retention", "0010_other_systems_and_certificates"),
        ("dossiers", "0013_assigned_on_our_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasureWords',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sort', models.CharField(choices=[('note', 'note'), ('file', 'file'), ('agreement', 'agreement')], max_length=10)),
                ('target', models.UUIDField()),
                ('part_kind', models.CharField(choices=[('guidance', 'Guidance'), ('reports', 'Reports and examinations'), ('care', 'Care and support'), ('agreements', 'Agreements'), ('medical', 'Medical'), ('emergency', 'Emergency card')], max_length=12)),
                ('asker', models.CharField(choices=[('parent', 'a parent'), ('pupil', 'the pupil'), ('school', 'the school itself')], max_length=10)),
                ('because', models.CharField(choices=[('wrong-dossier', 'It stands in the wrong dossier'), ('incorrect', 'It is not right, and a new version does not mend that'), ('not-needed', 'It is not needed for what it was recorded for'), ('consent', 'It rested on consent, and the consent was withdrawn'), ('objection', 'Somebody objects, and no reason weighs more'), ('unlawful', 'It should not have been recorded'), ('law', 'A law says that it must be erased')], max_length=15)),
                ('received_on', models.DateField()),
                ('proposed_on', models.DateField()),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('approved_on', models.DateField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('ended', models.CharField(blank=True, choices=[('refused', 'refused'), ('withdrawn', 'taken back')], max_length=10)),
                ('ended_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('intended', 'being erased'), ('sealed', 'the rest is sealed anew'), ('done', 'erased'), ('gone', 'was gone already')], max_length=10)),
                ('pieces', models.PositiveSmallIntegerField(null=True)),
                ('fingerprint', models.CharField(blank=True, max_length=64)),
                ('sealed_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='dossiers.dossier')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_words', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='retention.erasurewords')),
                ('words', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='retention.erasurewords')),
                ('reopened_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-proposed_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True), ('approved_on__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('approved_on__isnull', False)), _connector='OR'), name='an_erasure_is_approved_by_somebody_on_a_day'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('ended_on__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('ended_on__isnull', False)), _connector='OR'), name='an_erasure_is_ended_by_somebody_on_a_day'),
                    models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='an_erasure_is_approved_by_a_second_person'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended', ''), ('ended_on__isnull', True), ('ended_words__isnull', True)), models.Q(models.Q(('ended', ''), _negated=True), ('ended_on__isnull', False), ('ended_words__isnull', False)), _connector='OR'), name='an_erasure_that_ended_says_how_and_why'),
                    models.CheckConstraint(condition=models.Q(('outcome', ''), models.Q(('approved_on__isnull', False), ('ended', '')), _connector='OR'), name='only_what_was_approved_and_not_taken_back_is_erased'),
                    models.CheckConstraint(condition=models.Q(models.Q(('fingerprint', ''), ('outcome__in', ['', 'gone']), ('pieces__isnull', True)), models.Q(models.Q(('outcome__in', ['', 'gone']), _negated=True), models.Q(('fingerprint', ''), _negated=True), ('pieces__gte', 1)), _connector='OR'), name='what_is_being_erased_has_a_fingerprint'),
                    models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('outcome__in', ['done', 'gone'])), models.Q(models.Q(('outcome__in', ['done', 'gone']), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='an_erasure_is_done_at_some_time'),
                    models.UniqueConstraint(condition=models.Q(('done_at__isnull', True), ('ended', '')), fields=('target',), name='one_request_at_a_time_to_erase_something'),
                ],
            },
        ),
    ]
