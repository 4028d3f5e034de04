from django.db import migrations

# A day that counts as looked at is never looked at again, and a rule that is set off finds nothing:
# whoever could add such rows could let findings vanish before they are made.
FORWARD = """
alter table oversight_findingday enable row level security;
create policy oversight_findingday_seen on oversight_findingday for select using (true);
create policy oversight_findingday_added on oversight_findingday for insert
    with check ((select oversight_is_job()));

alter table oversight_findingsetting enable row level security;
create policy oversight_findingsetting_seen on oversight_findingsetting for select using (true);
create policy oversight_findingsetting_added on oversight_findingsetting for insert with check (
    set_by_id = (select portal_user())
    and board_id = any ((select oversight_units(array['board-officer']))::uuid[])
);

alter table oversight_looknames enable row level security;
create policy oversight_looknames_seen on oversight_looknames for select using (true);
create policy oversight_looknames_added on oversight_looknames for insert with check (
    chosen_by_id = (select portal_user())
    and board_id = any ((select oversight_units(array['board-officer']))::uuid[])
);
"""
BACKWARD = "".join(
    f"""
drop policy {table}_seen on {table};
drop policy {table}_added on {table};
alter table {table} disable row level security;
"""
    for table in ("oversight_findingday", "oversight_findingsetting", "oversight_looknames")
)


class Migration(migrations.Migration):
    """Only the nightly job says that a day was looked at; only a board officer sets for a board."""

    dependencies = [("oversight", "0008_many_findings_are_read_quickly")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
