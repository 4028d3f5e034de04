from django.db import migrations

_SEALED = " union all ".join(
    f"select s.id, s.pupil_id, s.school_id from {table} s"  # nosec B608  our own names
    for table in (
        "consent_scan",
        "consent_correction",
        "consent_courtorder",
        "consent_objection",
        "consent_safetyblock",
        "consent_unabledecision",
        "consent_unreachabledecision",
        "oversight_lookquestion",
    )
)
_NAMED = f"""
-- Keys of the vault and sealed files that go with these items, which are being destroyed: row-level
-- security hides them from jobs too. What is shared goes when all who share it do, whether with
-- these items or with others that are intended already.
create function retention_named_by(wanted_items uuid[])
returns table (item uuid, what text, key uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    with standing as materialized (
        select i.id as item, i.kind, d.id as dossier_id, d.pupil_id, d.school_id
        from retention_destructionitem i join dossiers_dossier d on d.id = i.dossier_id
        where i.outcome = 'intended'
    ),
    going as materialized (select * from standing where item = any (wanted_items)),
    said as (select * from standing where kind in ('consent', 'administration')),
    shown as (select * from standing where kind in ('pictures', 'administration')),
    last as materialized (
        select p.id, p.log_key from students_pupil p where p.id = any (retention_last_of(
            array(select s.dossier_id from standing s where s.kind = 'administration'),
            'administration'))
    ),
    parts as (
        select g.item, p.id from going g join dossiers_dossierpart p
            on p.dossier_id = g.dossier_id and retention_kind_of(p.kind) = g.kind
    ),
    removals as (
        select distinct g.item, r.id, r.blob from going g
        join consent_publishedpupil mine on mine.pupil_id = g.pupil_id
        join consent_removal r on r.publication_id = mine.publication_id
            and r.school_id = g.school_id
        where g.kind in ('pictures', 'administration') and not exists (
            select from consent_publishedpupil u
            where u.publication_id = r.publication_id
              and (u.removal_id = r.id or not exists (
                  select from consent_publishedpupil o where o.removal_id = r.id))
              and not exists (select from shown s
                  where s.pupil_id = u.pupil_id and s.school_id = r.school_id))
    ),
    findings as (
        select g.item, f.id from going g
        join last l on l.id = g.pupil_id
        join oversight_finding f on l.log_key = any (f.subjects)
        where g.kind = 'administration' and f.subjects <@ array(select log_key from last)
    )
    select item, 'part', id from parts
    union all
    select p.item, 'blob', unnest(array_remove(array[v.blob, v.thumbnail], null))
    from parts p join dossiers_fileversion v on v.part_id = p.id
    union all
    select g.item, 'blob', s.blob from going g join consent_scan s using (pupil_id, school_id)
    where g.kind in ('consent', 'administration')
    union all
    select g.item, 'key', s.id from going g join ({_SEALED}) s using (pupil_id, school_id)
    where g.kind in ('consent', 'administration')
    union all
    select distinct g.item, 'key', w.id from going g
    join consent_answer a using (pupil_id, school_id)
    join consent_receiptpaper w on w.receipt_id = a.receipt_id
    where g.kind in ('consent', 'administration') and not exists (
        select from consent_answer o where o.receipt_id = a.receipt_id and not exists (
            select from said s where s.pupil_id = o.pupil_id and s.school_id = o.school_id))
    union all
    select g.item, 'key', h.id from going g join oversight_holdback h using (pupil_id)
    where g.kind in ('consent', 'administration') and g.pupil_id = any (retention_last_of(
        array(select s.dossier_id from said s), 'consent'))
    union all
    select item, 'key', id from removals
    union all
    select item, 'blob', blob from removals where blob is not null
    union all
    select g.item, 'key', w.id from going g join (
        select h.id, h.dossier_id from retention_holdwords h
        union all select e.id, e.dossier_id from retention_erasurewords e) w using (dossier_id)
    where g.kind = 'administration'
    union all
    select f.item, 'key', n.judgement_id from findings f
    join oversight_judgement j on j.finding_id = f.id
    join oversight_judgementnote n on n.judgement_id = j.id
    union all
    select f.item, 'key', r.id from findings f join oversight_reply r on r.finding_id = f.id
$$;
revoke all on function retention_named_by(uuid[]) from public;
"""  # nosec B608  our own names


class Migration(migrations.Migration):
    """The ledger's line names every key and file that goes with an item, shared ones late."""

    replaces = [
        ("retention", "0017_what_goes_is_named"),
        ("retention", "0022_what_is_shared_is_named_late"),
    ]
    dependencies = [("retention", "0018_parents_and_administration_go")]

    operations = [migrations.RunSQL(_NAMED, migrations.RunSQL.noop)]
