from django.db import migrations

_PLACE = "select d.pupil_id, d.school_id from dossiers_dossier d where d.id = any ($1)"
_HERE = f"(t.pupil_id, t.school_id) in ({_PLACE})"

_PARENTS = """
-- Parents of these pupils without another child: no other link that counts, and nothing that another
-- child's consent still says of them. Of somebody linked by mistake alone each such link counts, as
-- the lock asks of them all.
create function retention_childless(pupils uuid[]) returns uuid[]
language sql stable as $$
    select coalesce(array_agg(distinct h.parent_id), '{}') from students_parenthood h
    where h.pupil_id = any (pupils) and not exists (
        select from students_parenthood o
        where o.parent_id = h.parent_id and not o.pupil_id = any (pupils)
          and (o.withdrawn_at is null or not exists (
            select from students_parenthood w
            where w.parent_id = h.parent_id and w.withdrawn_at is null)))
      and not exists (select from consent_request r where r.parent_id = h.parent_id)
      and not exists (select from consent_code c where c.parent_id = h.parent_id)
      and not exists (select from consent_unreachabledecision u where u.parent_id = h.parent_id)
      and not exists (select from oversight_lookleave l where l.parent_id = h.parent_id)
      and not exists (
        select from students_parenthood o
        where o.parent_id = h.parent_id and retention_pupil_is_held(o.pupil_id))
$$;

-- Parents without another child with all that is theirs, and who was whose parent.
create function retention_destroy_parents(wanted uuid[]) returns integer
language plpgsql as $$
declare
    alone uuid[] := retention_last_of(wanted, 'parents');
    childless uuid[] := retention_childless(alone);
    accounts uuid[] := array(
        select p.user_id from students_parent p where p.id = any (childless) and p.user_id is not null);
    gone integer;
begin
    gone := retention_remove(wanted, alone, childless, array[
        ['consent_filmingrequest', 't.parent_id = any ($3)'],
        ['consent_noticeconfirmation', 't.parent_id = any ($3)'],
        ['consent_sending', 't.parent_id = any ($3)'],
        ['students_parentaddress', 't.parent_id = any ($3)'],
        ['students_parentsourcekey', 't.parent_id = any ($3)'],
        ['students_parent', 't.id = any ($3)'],
        ['students_authority', 't.parenthood_id in (
            select h.id from students_parenthood h
            where h.pupil_id = any ($2) or h.parent_id = any ($3))'],
        ['students_parenthood', 't.parent_id = any ($3)'],
        ['students_parenthood', 't.pupil_id = any ($2)']]);
    perform retention_remove_traces(childless);
    return gone + retention_remove_accounts(accounts);
end $$;
"""

_FINDINGS = """
-- A finding about these pupils alone goes; of one about others too, only their keys.
create function retention_forget_in_findings(log_keys uuid[]) returns integer
language plpgsql as $$
declare
    touched uuid[] := array(select f.id from oversight_finding f where f.subjects && log_keys);
    whole uuid[] := array(
        select f.id from oversight_finding f
        where f.id = any (touched) and f.subjects <@ log_keys);
begin
    update oversight_finding f
    set subjects = array(select unnest(f.subjects) except select unnest(log_keys))
    where f.id = any (touched) and not f.id = any (whole);
    return retention_remove(whole, '{}', '{}', array[
        ['oversight_judgementnote', 't.judgement_id in (
            select j.id from oversight_judgement j where j.finding_id = any ($1))'],
        ['oversight_judgement', 't.finding_id = any ($1)'],
        ['oversight_reply', 't.finding_id = any ($1)'],
        ['oversight_findingrow', 't.finding_id = any ($1)'],
        ['oversight_finding', 't.id = any ($1)']]);
end $$;
-- Findings are only added (oversight 0004), but lose the keys of pupils who go.
create function a_finding_only_loses_who_is_gone() returns trigger language plpgsql as $$
begin
    if to_jsonb(new) - 'subjects' <> to_jsonb(old) - 'subjects'
       or not new.subjects <@ old.subjects
       or exists (
            select from unnest(old.subjects) as lost (log_key)
            where not lost.log_key = any (new.subjects) and not exists (
                select from students_pupil p join dossiers_dossier d on d.pupil_id = p.id
                where p.log_key = lost.log_key
                  and retention_item_stands(d.id, 'administration')))
    then
        raise exception 'findings and judgements are only added'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
drop trigger nothing_is_changed on oversight_finding;
create trigger nothing_is_changed before update on oversight_finding
    for each row execute function a_finding_only_loses_who_is_gone();
"""

_ADMINISTRATION = f"""
-- The last kind: what came since the others went, then when and where the pupil was at school, and
-- with the last school the pupil.
create function retention_destroy_administration(wanted uuid[]) returns integer
language plpgsql as $$
declare
    alone uuid[] := retention_last_of(wanted, 'administration');
    log_keys uuid[] := array(select p.log_key from students_pupil p where p.id = any (alone));
    accounts uuid[] := array(
        select p.user_id from students_pupil p where p.id = any (alone) and p.user_id is not null);
    gone integer := retention_destroy_consent(wanted) + retention_destroy_pictures(wanted)
        + retention_destroy_parents(wanted) + retention_forget_in_findings(log_keys);
begin
    update consent_round r set last_pupil = null where r.last_pupil = any (alone);
    gone := gone + retention_remove(wanted, alone, '{{}}', array[
        ['students_rosterline', 't.target = any ($2::text[]) or t.pupil = any ($2::text[])
            or t.candidate = any ($2::text[]) or t.candidates ?| $2::text[]'],
        ['retention_absence', 't.enrolment_id in (
            select e.id from students_enrolment e where (e.pupil_id, e.school_id) in ({_PLACE}))'],
        ['students_groupmembership', 't.enrolment_id in (
            select e.id from students_enrolment e where (e.pupil_id, e.school_id) in ({_PLACE}))'],
        ['students_enrolment', '{_HERE}'],
        ['students_pupilsourcekey', '{_HERE}'],
        ['dossiers_keepernotice', 't.dossier_id = any ($1)'],
        ['dossiers_assignmentproposal', 't.dossier_id = any ($1)'],
        ['dossiers_othersystemrecord', 't.dossier_id = any ($1)'],
        ['dossiers_assignment', 't.dossier_id = any ($1)'],
        ['retention_erasure', 't.dossier_id = any ($1)'],
        ['retention_erasurewords', 't.dossier_id = any ($1)'],
        ['retention_holdreview', 't.hold_id in (
            select h.id from retention_hold h where h.dossier_id = any ($1))'],
        ['retention_hold', 't.dossier_id = any ($1)'],
        ['retention_holdwords', 't.dossier_id = any ($1)'],
        ['students_pupil', 't.id = any ($2)'],
        ['retention_endedkind', 't.dossier_id = any ($1)'],
        ['dossiers_dossier', 't.id = any ($1)']]);
    perform retention_remove_traces(alone || wanted);
    return gone + retention_remove_accounts(accounts);
end $$;
"""  # nosec B608  our own names

_DESTROY = """
-- Takes away what the ledger's lines of these items name, once their keys are gone; all or nothing.
-- It runs as the owner, past row-level security; each table's trigger asks again whether the items
-- stand and nothing is held.
create function retention_destroy(wanted_items uuid[]) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    one text;
    dossiers uuid[];
    gone integer := 0;
begin
    if exists (
        select from unnest(wanted_items) as w (item)
        left join retention_ledgerline g on g.item = w.item
        where retention_item_stands((g.keys -> 'dossier' ->> 0)::uuid, g.keys -> 'kind' ->> 0)
            is not true
    ) then
        raise exception 'a dossier is only destroyed through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    foreach one in array array['guidance', 'medical', 'agreements', 'consent', 'pictures', 'parents',
                               'administration'] loop
        dossiers := array(
            select (g.keys -> 'dossier' ->> 0)::uuid from retention_ledgerline g
            where g.item = any (wanted_items) and g.keys -> 'kind' ->> 0 = one);
        continue when dossiers = '{}';
        gone := gone + case one
            when 'consent' then retention_destroy_consent(dossiers)
            when 'pictures' then retention_destroy_pictures(dossiers)
            when 'parents' then retention_destroy_parents(dossiers)
            when 'administration' then retention_destroy_administration(dossiers)
            else retention_destroy_parts(dossiers, one) end;
        insert into retention_endedkind (id, dossier_id, kind, ended_on)
        select gen_random_uuid(), d.id, one, portal_day()
        from dossiers_dossier d where d.id = any (dossiers)
        on conflict do nothing;
    end loop;
    return gone;
end $$;
revoke all on function retention_destroy(uuid[]) from public;
"""


class Migration(migrations.Migration):
    """Parents without another child, the pupil with the last kind; and how items are carried out."""

    replaces = [
        ("retention", "0016_the_last_kinds_go"),
        ("retention", "0018_what_a_copy_holds_and_links_by_mistake"),
    ]
    dependencies = [("retention", "0017_answers_and_pictures_go")]

    operations = [
        migrations.RunSQL(
            _PARENTS + _FINDINGS + _ADMINISTRATION + _DESTROY, migrations.RunSQL.noop
        )
    ]
