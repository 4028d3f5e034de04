from django.db import migrations

_WITHDRAWN = """
-- As in 0010. Whether it is theirs to ask for is a matter of schools and of own children: asked once,
-- not of each dossier.
create or replace function retention_withdrawn()
returns table (dossier_id uuid, sort text, id uuid, part_kind varchar, author_id uuid,
               withdrawn_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    with schools as materialized (
        select s.unit_id from students_school s
        where retention_holds_role(
            portal_user(), s.unit_id, portal_day(), array['director', 'deputy'],
            array['privacy-officer'])
    ), own_children as materialized (
        select h.pupil_id from students_parenthood h join students_parent p on p.id = h.parent_id
        where p.user_id = portal_user() and h.withdrawn_at is null
    ), withdrawn as (
        select 'note' as sort, n.id, n.part_id, n.author_id, n.withdrawn_at
        from dossiers_note n where n.withdrawn_at is not null
        union all
        select 'file', f.id, f.part_id, f.author_id, f.withdrawn_at
        from dossiers_file f
        where f.withdrawn_at is not null
          and not exists (select from dossiers_file m where m.moved_from_id = f.id)
    )
    select p.dossier_id, w.sort, w.id, p.kind, w.author_id, w.withdrawn_at
    from withdrawn w
    join dossiers_dossierpart p on p.id = w.part_id
    join dossiers_dossier d on d.id = p.dossier_id
    where d.school_id in (select unit_id from schools)
      and d.pupil_id not in (select pupil_id from own_children)
      and not exists (
        select from retention_erasure e where e.target = w.id and e.ended <> 'withdrawn')
$$;
"""


class Migration(migrations.Migration):
    """What was withdrawn is listed without asking the role of each dossier."""

    dependencies = [("retention", "0030_nor_that_of_an_erasure")]

    operations = [migrations.RunSQL(_WITHDRAWN, migrations.RunSQL.noop)]
