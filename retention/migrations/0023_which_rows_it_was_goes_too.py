from django.db import migrations

_FORGET = """
-- The marks of a closed list, and which rows were called the same: beside their own names these keys
-- would say how who is gone was called.
create or replace function retention_forget_marks(wanted_list uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from retention_gathered where list_id = wanted_list;
    update retention_leftover f set rows = '[]'
    from retention_searchpass p join retention_destructionlist l on l.id = p.list_id
    where f.search_id = p.id and l.id = wanted_list and l.closed_at is not null
      and f.rows <> '[]';
end $$;
update retention_leftover f set rows = '[]'
from retention_searchpass p join retention_destructionlist l on l.id = p.list_id
where f.search_id = p.id and l.closed_at is not null;
"""


class Migration(migrations.Migration):
    """Of what a search found only the table stays, once the list is closed."""

    dependencies = [("retention", "0022_what_ends_by_itself_does")]

    operations = [migrations.RunSQL(_FORGET, migrations.RunSQL.noop)]
