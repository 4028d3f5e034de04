import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_RULE = """
-- Of a rule a row belongs to the finding of that rule.
alter table oversight_finding add constraint a_finding_is_of_one_rule unique (id, rule);
alter table oversight_findingrow add constraint a_row_has_the_rule_of_its_finding
    foreign key (finding_id, rule) references oversight_finding (id, rule);
"""


class Migration(migrations.Migration):
    """Which days of the log were looked at by which rules, what was found, and how it was judged."""

    initial = True
    # 0001 to 0005 stand for 13 others, which a database from before has applied: as in retention,
    # where 0001 says how.
    replaces = [
        ("oversight", "0001_findings"),
        ("oversight", "0013_a_month_is_over_by_our_clock"),
    ]
    dependencies = [
        ("access", "0006_the_day_at_school"),
        ("students", "0008_a_family_is_hidden_per_child"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=40)),
                ('day', models.DateField()),
                ('severity', models.CharField(choices=[('low', 'to know'), ('middle', 'to ask about'), ('high', 'to act on')], max_length=10)),
                ('measured', models.JSONField()),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['unit', '-day', 'id'], name='oversight_f_unit_id_075b91_idx'),
                    models.Index(fields=['person', '-day', 'id'], name='oversight_f_person__59f5a2_idx'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('unit', 'rule', 'day', 'person'), name='a_rule_finds_a_person_once_a_day', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('explained', 'explained'), ('discuss', 'to discuss'), ('incident', 'incident')], max_length=10, verbose_name='judgement')),
                ('judged_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='oversight.finding')),
                ('judged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['finding', '-judged_at'], name='oversight_j_finding_f9ea96_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FindingDay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('has_assent', models.BooleanField()),
                ('rows_read', models.PositiveIntegerField()),
                ('looked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('unit', 'day'), name='a_day_is_looked_at_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FindingRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=40)),
                ('row', models.UUIDField()),
                ('row_time', models.DateTimeField()),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='oversight.finding')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('row', 'rule'), name='a_row_belongs_to_one_finding_of_a_rule'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FindingSetting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=40)),
                ('is_on', models.BooleanField()),
                ('severity', models.CharField(choices=[('low', 'to know'), ('middle', 'to ask about'), ('high', 'to act on')], max_length=10)),
                ('limits', models.JSONField()),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.board')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['board', 'rule', '-set_at'], name='oversight_f_board_i_dbeaf3_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='JudgementNote',
            fields=[
                ('judgement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='note', serialize=False, to='oversight.judgement')),
                ('sealed', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('replied_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='oversight.finding')),
                ('replied_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['finding', 'replied_at'], name='oversight_r_finding_e1f485_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Assent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('decided_on', models.DateField(verbose_name='day of the meeting')),
                ('sealed', models.BinaryField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('withdrawn_on', models.DateField(null=True)),
                ('withdrawn_sealed', models.BinaryField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('school',), name='one_assent_stands_at_a_school'),
                    models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_on__isnull', True), ('withdrawn_sealed__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), ('withdrawn_on__isnull', False), ('withdrawn_sealed__isnull', False)), _connector='OR'), name='an_assent_is_withdrawn_by_somebody_with_a_reason'),
                ],
            },
        ),
        migrations.RunSQL(_RULE, migrations.RunSQL.noop),
    ]
