from django.db import migrations, models

# Who has a number took it in a transaction that already had its own id: so once every transaction
# older than a certain id has ended, all numbers given before that id are rows or were rolled back.
FORWARD = """
create sequence audit_number as bigint;
create function audit_next_number() returns bigint language plpgsql as $$
begin
    perform pg_current_xact_id();
    return nextval('audit_number');
end $$;

alter table audit_logentry add column number bigint;
with numbered as (
    select id, "timestamp", row_number() over (order by "timestamp", id) as place
    from audit_logentry
)
update audit_logentry e set number = n.place
from numbered n where n.id = e.id and n."timestamp" = e."timestamp";
select setval('audit_number', coalesce(max(number), 0) + 1, false) from audit_logentry;
alter table audit_logentry
    alter column number set not null,
    alter column number set default audit_next_number();
alter sequence audit_number owned by audit_logentry.number;
create index audit_by_number on audit_logentry (number);

-- Rows from before have no mark; the first seals cover them and say so. No new row goes without.
alter table audit_logentry add column mark bytea not null default '';
alter table audit_logentry alter column mark drop default;
alter table audit_logentry
    add constraint a_row_has_its_mark check (octet_length(mark) = 20) not valid;

-- Nobody dates a row back or forward, but who owns the table (the demo, tests).
create function audit_is_of_now() returns trigger language plpgsql as $$
begin
    if session_user = (select relowner::regrole::text from pg_class where oid = tg_relid) then
        return new;
    end if;
    raise exception 'a row of the log is written when it happens'
        using errcode = 'check_violation';
end $$;
create trigger a_row_is_of_now before insert on audit_logentry for each row
    when (new."timestamp" not between clock_timestamp() - interval '5 minutes'
                                  and clock_timestamp() + interval '5 minutes')
    execute function audit_is_of_now();
"""
BACKWARD = """
drop trigger a_row_is_of_now on audit_logentry;
drop function audit_is_of_now();
alter table audit_logentry drop constraint a_row_has_its_mark;
alter table audit_logentry drop column mark, drop column number;
drop function audit_next_number();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_the_newest_rows")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACKWARD)],
            state_operations=[
                migrations.AddField(
                    model_name="logentry",
                    name="number",
                    field=models.BigIntegerField(editable=False),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name="logentry",
                    name="mark",
                    field=models.BinaryField(),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("rows", "Rows"), ("left", "Left"), ("restored", "Restored")],
                        default="rows",
                        max_length=10,
                    ),
                ),
                ("month", models.DateField()),
                ("after", models.BigIntegerField()),
                ("upto", models.BigIntegerField()),
                ("rows", models.IntegerField()),
                ("unmarked", models.IntegerField(default=0)),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("key_id", models.CharField(max_length=40)),
                ("sealed_at", models.DateTimeField()),
                ("root", models.BinaryField()),
                ("link", models.BinaryField()),
                ("mac", models.BinaryField()),
            ],
            options={
                "ordering": ["position"],
                "indexes": [
                    models.Index(fields=["month", "position"], name="seals_of_a_month"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "rows")),
                        fields=("after", "month"),
                        name="a_row_is_sealed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("position__gt", 0), ("rows__gte", 0), ("upto__gte", models.F("after"))
                        ),
                        name="a_seal_covers_numbers_that_run_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealMark",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("upto", models.BigIntegerField()),
                ("transaction", models.BigIntegerField()),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_mark_at_a_time"
                    )
                ],
            },
        ),
    ]
