"""Nobody writes under another name: the database asks who adds, withdraws and closes."""

from django.db import migrations

# Policies count for the web login and not for the owner, who fills the demo's tables and the tests'.
# A moved file and its versions keep their author (`file_stands_rightly` compares the file's): then
# whoever adds them has just withdrawn the file where it stood, and that row says so.
_MOVED = """
create function moved_from_here(wanted_file uuid) returns boolean language plpgsql stable as $$
begin
    return exists (
        select from dossiers_file f
        where f.id = wanted_file and f.withdrawn_by_id = (select portal_user())
    );
end $$;
create function version_was_moved(wanted_file uuid, wanted_number integer, wanted_author uuid)
returns boolean language plpgsql stable as $$
begin
    return exists (
        select from dossiers_file f
        join dossiers_fileversion v on v.file_id = f.moved_from_id
        where f.id = wanted_file and v.number = wanted_number and v.author_id = wanted_author
          and moved_from_here(f.moved_from_id)
    );
end $$;
"""

_ADDED_BY_ITS_AUTHOR = """
drop policy {table}_added on {table};
create policy {table}_added on {table} for insert with check (
    part_id = any ((select portal_parts('change_dossierpart'))::uuid[])
    and (author_id = (select portal_user()){or_moved})
);
"""

# What was withdrawn or closed stays so: of a note or an agreement no such row is found to change, of
# a file the trigger refuses it.
_ENDED_BY_WHO_SAYS_SO = """
drop policy {table}_changed on {table};
create policy {table}_changed on {table} for update
    using (
        part_id = any ((select portal_parts('change_dossierpart'))::uuid[]){and_open}
    )
    with check (
        part_id = any ((select portal_parts('change_dossierpart'))::uuid[])
        and {ended}_by_id = (select portal_user()){and_own}
    );
"""

_ADDED = {
    "dossiers_note": "",
    "dossiers_noteversion": "",
    "dossiers_agreement": "",
    "dossiers_emergencycardversion": "",
    "dossiers_file": " or moved_from_here(moved_from_id)",
    "dossiers_fileversion": " or version_was_moved(file_id, number, author_id)",
}
# A note is withdrawn by its author (the keeper's way is a function of the owner); a file also by
# who moves it, an agreement closed by whoever may add to its part.
_ENDED = {
    "dossiers_note": (
        "withdrawn",
        " and withdrawn_at is null",
        " and author_id = (select portal_user())",
    ),
    "dossiers_file": ("withdrawn", "", ""),
    "dossiers_agreement": ("closed", " and closed_at is null", ""),
}

FORWARD = (
    _MOVED
    + "".join(_ADDED_BY_ITS_AUTHOR.format(table=t, or_moved=m) for t, m in _ADDED.items())
    + "".join(
        _ENDED_BY_WHO_SAYS_SO.format(table=table, ended=ended, and_open=is_open, and_own=own)
        for table, (ended, is_open, own) in _ENDED.items()
    )
)


class Migration(migrations.Migration):
    """The second lock asks who writes, not only where."""

    dependencies = [("dossiers", "0011_files_keep_who_withdrew")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
