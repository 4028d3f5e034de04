import django.db.models.deletion
from django.db import migrations, models

_BACK = """
-- A kind that ended counts no longer: the pupil was at that school after it, or a part of it is there
-- again, so that something may have come.
create function retention_begins_again(wanted uuid, wanted_kind text, ended_on date) returns boolean
language sql stable as $$
    select exists (
        select from dossiers_dossier d
        join students_enrolment s on s.pupil_id = d.pupil_id and s.school_id = d.school_id
        where d.id = wanted and coalesce(s.ends_on, 'infinity') > ended_on
    ) or exists (
        select from dossiers_dossierpart p
        where p.dossier_id = wanted and retention_kind_of(p.kind) = wanted_kind)
$$;

-- Who is back has every kind of record again, whatever way a pupil comes back: a new stay, also one
-- that has an end already; one that goes on after all; one that ends later; a part that is made anew.
-- Asked of a whole roster at once: only a stay or a part that came says who is back.
create function a_dossier_begins_again() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'dossiers_dossierpart' then
        delete from retention_endedkind e using arrived a
        where e.dossier_id = a.dossier_id and e.kind = retention_kind_of(a.kind);
    else
        delete from retention_endedkind e using dossiers_dossier d, arrived a
        where d.pupil_id = a.pupil_id and d.school_id = a.school_id and e.dossier_id = d.id
          and coalesce(a.ends_on, 'infinity') > e.ended_on;
    end if;
    return null;
end $$;
create trigger a_dossier_begins_again after insert on students_enrolment
    referencing new table as arrived
    for each statement execute function a_dossier_begins_again();
create trigger a_dossier_goes_on after update on students_enrolment
    referencing new table as arrived
    for each statement execute function a_dossier_begins_again();
create trigger a_part_begins_again after insert on dossiers_dossierpart
    referencing new table as arrived
    for each statement execute function a_dossier_begins_again();
"""

_LEFT = """
-- Which kinds of record are gone, as bits.
create function retention_bit(kind text) returns integer language sql immutable as $$
    select case kind when 'guidance' then 1 when 'medical' then 2 when 'agreements' then 4
        when 'consent' then 8 when 'pictures' then 16 when 'parents' then 32
        when 'administration' then 64 end
$$;

-- Of each of these pupils the last day of the last child of any of the parents; null while one of
-- them is at school.
create function retention_families_of(pupils uuid[])
returns table (pupil_id uuid, left_on date) language sql stable as $$
    select p.id, case
        when bool_and(e.ends_on is not null) filter (where e.id is not null) then max(e.ends_on) end
    from unnest(pupils) p(id)
    left join students_parenthood a on a.pupil_id = p.id and a.withdrawn_at is null
    left join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
    left join students_enrolment e on e.pupil_id = b.pupil_id
    group by p.id
$$;

-- What the rows of these pupils' leavers should say.
create function retention_leavers_of(pupils uuid[])
returns table (dossier_id uuid, pupil_id uuid, school_id uuid, left_on date, gone integer)
language sql stable as $$
    select d.id, d.pupil_id, d.school_id, max(e.ends_on), coalesce((
        select bit_or(retention_bit(k.kind)) from retention_endedkind k where k.dossier_id = d.id
    ), 0)
    from dossiers_dossier d
    join students_enrolment e on e.pupil_id = d.pupil_id and e.school_id = d.school_id
    where d.pupil_id = any (pupils)
    group by d.id having bool_and(e.ends_on is not null)
$$;

-- Works out anew who of these pupils left, and when the families of those did. Whoever changes
-- another stay of the same pupil waits for it, and then sees what became of this one.
create function retention_note_leavers(pupils uuid[], families uuid[]) returns void
language plpgsql as $$
begin
    perform from students_pupil p where p.id = any (pupils) order by p.id for no key update;
    delete from retention_leaver l where l.pupil_id = any (pupils) and not exists (
        select from retention_leavers_of(pupils) f where f.dossier_id = l.dossier_id);
    insert into retention_leaver (dossier_id, pupil_id, school_id, left_on, gone)
    select f.dossier_id, f.pupil_id, f.school_id, f.left_on, f.gone
    from retention_leavers_of(pupils) f
    on conflict (dossier_id) do update set left_on = excluded.left_on, gone = excluded.gone
    where row(retention_leaver.left_on, retention_leaver.gone)
        is distinct from row(excluded.left_on, excluded.gone);
    perform from retention_leaver l
    where l.pupil_id = any (families) order by l.dossier_id for no key update;
    update retention_leaver l set family_left_on = f.left_on
    from retention_families_of(
        array(select w.pupil_id from retention_leaver w where w.pupil_id = any (families))
    ) f
    where l.pupil_id = f.pupil_id and l.family_left_on is distinct from f.left_on;
end $$;

-- Finds rows that say something else than they should, and mends them: after two changes in one
-- family at the very same moment. Says how many.
create function retention_set_leavers_right() returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wrong uuid[];
begin
    wrong := array(
        select coalesce(l.pupil_id, f.pupil_id) from retention_leaver l
        full join retention_leavers_of(array(select d.pupil_id from dossiers_dossier d)) f
            on f.dossier_id = l.dossier_id
        where row(l.left_on, l.gone) is distinct from row(f.left_on, f.gone)
        union
        select l.pupil_id from retention_leaver l
        join retention_families_of(array(select distinct k.pupil_id from retention_leaver k)) f
            on f.pupil_id = l.pupil_id
        where l.family_left_on is distinct from f.left_on);
    perform retention_note_leavers(wrong, wrong);
    return cardinality(wrong);
end $$;

-- The triggers' part of it, with the owner's rights: nobody else writes there.
create function leavers_follow() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    pupils uuid[] := '{}';
    families uuid[];
begin
    if tg_table_name = 'students_parenthood' then
        families := array(
            select l.pupil_id from touched t join retention_leaver l on l.pupil_id = t.pupil_id
            union
            select l.pupil_id from touched t
            join students_parenthood h on h.parent_id = t.parent_id and h.withdrawn_at is null
            join retention_leaver l on l.pupil_id = h.pupil_id);
    else
        pupils := array(select distinct t.pupil_id from touched t);
        families := array(
            select unnest(pupils)
            union
            select l.pupil_id from students_parenthood a
            join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
            join retention_leaver l on l.pupil_id = b.pupil_id
            where a.pupil_id = any (pupils) and a.withdrawn_at is null);
    end if;
    if families <> '{}' then
        perform retention_note_leavers(pupils, families);
    end if;
    return null;
end $$;
create function leavers_lose_kinds() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update retention_leaver l set gone = coalesce((
        select bit_or(retention_bit(k.kind)) from retention_endedkind k
        where k.dossier_id = l.dossier_id
    ), 0) where l.dossier_id in (select t.dossier_id from touched t);
    return null;
end $$;
revoke all on function
    leavers_follow(), leavers_lose_kinds(), retention_set_leavers_right() from public;
"""
_WATCHED = "".join(
    f"create trigger leavers_follow_{verb} after {verb} on {table}"
    f" referencing {'old' if verb == 'delete' else 'new'} table as touched"
    f" for each statement execute function {function}();\n"
    for table, verbs, function in (
        ("students_enrolment", ("insert", "update", "delete"), "leavers_follow"),
        ("students_parenthood", ("insert", "update", "delete"), "leavers_follow"),
        ("dossiers_dossier", ("insert", "delete"), "leavers_follow"),
        ("retention_endedkind", ("insert", "update", "delete"), "leavers_lose_kinds"),
    )
    for verb in verbs
)


class Migration(migrations.Migration):
    """Who left is kept by the database itself, so that lists start from them; so is who is back."""

    replaces = [
        ("retention", "0012_leavers"),
        ("retention", "0026_who_is_back_begins_anew"),
        ("retention", "0039_who_is_back_is_found_at_once"),
    ]
    dependencies = [
        ("retention", "0013_erasing_and_sealing_anew"),
        ("dossiers", "0013_assigned_on_our_day"),
        ("students", "0008_a_family_is_hidden_per_child"),
    ]

    operations = [
        migrations.CreateModel(
            name='Leaver',
            fields=[
                ('dossier', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='dossiers.dossier')),
                ('left_on', models.DateField()),
                ('family_left_on', models.DateField(null=True)),
                ('gone', models.SmallIntegerField()),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='students.pupil')),
                ('school', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='students.school')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['gone', 'left_on'], name='leavers_by_day'),
                    models.Index(fields=['gone', 'family_left_on'], name='leavers_by_day_of_family'),
                ],
            },
        ),
        migrations.RunSQL(_BACK + _LEFT + _WATCHED, migrations.RunSQL.noop),
    ]
