from django.db import migrations

# As in 0009_files, and besides: who withdrew a file is not written over, and what is moved was
# withdrawn where it stood and keeps its author.
FORWARD = """
create or replace function file_stands_rightly() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.part_id <> old.part_id or new.author_id <> old.author_id
           or new.note_id is distinct from old.note_id
           or new.moved_from_id is distinct from old.moved_from_id
           or old.withdrawn_at is not null
              and (new.withdrawn_at is distinct from old.withdrawn_at
                   or new.withdrawn_by_id is distinct from old.withdrawn_by_id)
        then
            raise exception 'a file can only be withdrawn, once' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if exists (select from dossiers_dossierpart p where p.id = new.part_id and p.kind = 'emergency')
    then
        raise exception 'the emergency card holds no files' using errcode = 'check_violation';
    end if;
    if new.note_id is not null and not exists (
        select from dossiers_note n where n.id = new.note_id and n.part_id = new.part_id
    ) then
        raise exception 'a file stands in the part of its note' using errcode = 'check_violation';
    end if;
    if new.moved_from_id is not null and not exists (
        select from dossiers_file f
        join dossiers_dossierpart old_part on old_part.id = f.part_id
        join dossiers_dossierpart new_part on new_part.id = new.part_id
        where f.id = new.moved_from_id and new_part.id <> old_part.id
          and new_part.dossier_id = old_part.dossier_id
          and f.withdrawn_at is not null and f.author_id = new.author_id
    ) then
        raise exception 'a file moves within its dossier' using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """The database keeps who withdrew a file, and who wrote what was moved."""

    dependencies = [("dossiers", "0010_who_assigns_holds_the_role")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
