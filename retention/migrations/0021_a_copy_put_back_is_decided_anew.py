from django.db import migrations, models

_COLUMNS = """
alter table retention_destructionlist add restored_from timestamptz;
alter table retention_erasure add restored_from timestamptz;
"""

# The steps of a list and of an erasure are taken once, but for this one.
_ANEW = """
-- Whether an approval is taken back, and nothing else, of what nobody began: by the owner alone,
-- while a copy is put back (ADR 36). Not by a page, and by no job.
create function retention_is_taken_back(before jsonb, after jsonb) returns boolean
language sql stable as $$
    select retention_is_owner() and current_user = session_user and portal_user() is null
        and before ->> 'approved_on' is not null and after ->> 'restored_from' is not null
        and coalesce(after ->> 'approved_on', after ->> 'approved_at', after ->> 'approved_by_id',
                     after ->> 'reopened_at') is null
        and coalesce(before ->> 'begun_at', before ->> 'cancelled_on', before ->> 'closed_at',
                     nullif(before ->> 'ended', ''), nullif(before ->> 'outcome', '')) is null
        and not exists (
            select from retention_ledgerline g where g.item = (before ->> 'id')::uuid)
        and before - changed = after - changed
    from (values (array['approved_on', 'approved_at', 'approved_by_id', 'reopened_at',
                        'restored_from', 'stopped_because', 'stopped_at', 'stopped_told_on']))
         as one_row (changed)
$$;

drop trigger list_is_handled_rightly on retention_destructionlist;
create trigger list_begins_rightly before insert on retention_destructionlist
    for each row execute function list_is_handled_rightly();
create trigger list_is_handled_rightly before update on retention_destructionlist
    for each row when (retention_is_taken_back(to_jsonb(old), to_jsonb(new)) is not true)
    execute function list_is_handled_rightly();

drop trigger erasure_is_handled_rightly on retention_erasure;
create trigger erasure_begins_rightly before insert on retention_erasure
    for each row execute function erasure_is_handled_rightly();
create trigger erasure_is_handled_rightly before update on retention_erasure
    for each row when (retention_is_taken_back(to_jsonb(old), to_jsonb(new)) is not true)
    execute function erasure_is_handled_rightly();
"""


class Migration(migrations.Migration):
    """After a copy was put back an approval that nobody began counts no more."""

    dependencies = [("retention", "0020_accounts_end_with_the_last_role")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_COLUMNS + _ANEW, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AddField(
                    "destructionlist", "restored_from", models.DateTimeField(null=True)
                ),
                migrations.AddField("erasure", "restored_from", models.DateTimeField(null=True)),
            ],
        )
    ]
