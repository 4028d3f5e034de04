import uuid

from django.db import migrations, models

_LINES = """
create index ledger_lines_of_a_dossier on retention_ledgerline ((keys -> 'dossier' ->> 0));
"""


class Migration(migrations.Migration):
    """Copies that were made, and the ledger of what was destroyed and erased."""

    initial = True
    # 0001 to 0019 stand for 43 others, which a database from before has applied: `replaces` says so,
    # and nothing is done there. This one names the first and the last of them, and 0002 depends on
    # the last: so Django refuses a database that has only some (docs/operations.md). All of this can
    # go once no such database is left.
    replaces = [
        ("retention", "0001_ledger"),
        ("retention", "0043_a_hold_is_asked_of_many"),
    ]
    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Backup',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('begun_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('blobs', models.PositiveIntegerField()),
                ('let_go', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('finished_at__gte', models.F('begun_at'))), name='a_backup_ends_after_it_began'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LedgerLine',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('item', models.UUIDField(unique=True)),
                ('keys', models.JSONField()),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('hash__regex', '^[0-9a-f]{64}$'), ('number__gte', 1), ('previous__regex', '^[0-9a-f]{64}$')), name='a_line_has_a_number_and_two_hashes'),
                    models.UniqueConstraint(fields=('previous',), name='each_line_follows_another_one'),
                ],
            },
        ),
        migrations.RunSQL(_LINES, migrations.RunSQL.noop),
    ]
