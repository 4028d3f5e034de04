from django.db import migrations

_LOCK = """
-- What is being erased is named in the ledger already: a file that came to it now would keep it from
-- going, and one moved away from it would outlive it.
create function what_is_erased_takes_nothing_new() returns trigger language plpgsql as $$
begin
    if exists (
        select from retention_erasure e join retention_ledgerline g on g.item = e.id
        where e.outcome = 'intended' and (
            g.keys -> 'note' ? new.note_id::text or g.keys -> 'file' ? new.moved_from_id::text)
    ) then
        raise exception 'this is being erased' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger what_is_erased_takes_nothing_new before insert on dossiers_file
    for each row when (new.note_id is not null or new.moved_from_id is not null)
    execute function what_is_erased_takes_nothing_new();
"""


class Migration(migrations.Migration):
    """No file comes to a note, or out of a file, that is being erased."""

    dependencies = [("retention", "0018_what_a_copy_holds_and_links_by_mistake")]

    operations = [
        migrations.RunSQL(_LOCK, "drop function what_is_erased_takes_nothing_new() cascade")
    ]
