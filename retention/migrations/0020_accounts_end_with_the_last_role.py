from django.db import migrations

_OVER = """
-- Accounts that nobody needs any more: of people without a role now, later or in the 30 days before,
-- who are no parent and no pupil with a record, whom no open invitation awaits and no open matter
-- names. `wanted` asks it of some, none of all: a pass over each table, however many people there are.
create function retention_accounts_over(wanted uuid[]) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
    with clock as (select least(portal_today(), portal_day()) as today),
    needed (user_id) as (
        select p.user_id from students_parent p
        union all select p.user_id from students_pupil p
        -- A family's role counts with its record alone; one without was left over when it was new.
        union all select m.user_id from access_membership m, clock
        where case when m.role in ('parent', 'pupil') then m.starts_on
                   else coalesce(m.ends_on, 'infinity') end > today - 30
        union all select c.user_id from dossiers_medicalcustodian c, clock
        where coalesce(c.ends_on, 'infinity') > today - 30
        -- Who served a board last stays until somebody else does.
        union all select m.user_id from access_membership m
        where m.role = 'board-officer' and not exists (
            select from access_membership o
            where o.unit_id = m.unit_id and o.role = m.role
              and coalesce(o.ends_on, 'infinity') >= o.starts_on
              and (coalesce(o.ends_on, 'infinity'), o.id) > (m.ends_on, m.id))
        -- Under a new account nobody is the second person of what they began, or judges themselves.
        union all select unnest(array[l.made_by_id, l.reviewer_id, l.assigned_by_id,
                                      l.reviewed_by_id, l.approved_by_id])
        from retention_destructionlist l where l.closed_at is null and l.cancelled_on is null
        union all select i.decided_by_id from retention_destructionitem i
        join retention_destructionlist l on l.id = i.list_id
        where l.closed_at is null and l.cancelled_on is null
        union all select unnest(array[e.proposed_by_id, e.approved_by_id]) from retention_erasure e
        where e.ended = '' and e.done_at is null
        union all select t.proposed_by_id from retention_termchange t
        where t.approved_at is null and t.withdrawn_at is null
        union all select e.decided_by_id from audit_logend e
        where e.signed_at is null and e.withdrawn_at is null
        union all select f.person_id from oversight_finding f
        where not exists (select from oversight_judgement j where j.finding_id = f.id)
        union all select unnest(q.lookers) from oversight_lookquestion q where q.answered_at is null
    )
    select coalesce(array_agg(u.id order by u.id), '{}') from access_user u, clock
    where (wanted is null or u.id = any (wanted))
      and u.username <> 'gone-' || u.id
      and portal_day_of(u.date_joined) <= today - 30
      and not exists (select from needed n where n.user_id = u.id)
      and not exists (
        select from access_invitation i
        where lower(i.email) = lower(u.email) and i.accepted_at is null
          and i.withdrawn_at is null and portal_day_of(i.expires_at) >= today)
$$;
revoke all on function retention_accounts_over(uuid[]) from public;

-- Ends those of `wanted` that are over, asked again once nobody else can give them a role; whose
-- account is being written at this moment waits for the next night. Gives whom it ended.
create function retention_end_accounts(wanted uuid[]) returns uuid[]
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    free uuid[] := array(
        select u.id from access_user u where u.id = any (wanted)
        order by u.id for update skip locked);
    ended uuid[];
begin
    ended := retention_accounts_over(free);
    perform retention_remove_accounts(ended);
    update access_user u set last_login = null where u.id = any (ended);
    return ended;
end $$;
revoke all on function retention_end_accounts(uuid[]) from public;

-- Invitations that nobody can accept since 30 days. Those that were accepted go with the account.
create function retention_end_invitations() returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    gone integer;
begin
    delete from access_invitation i
    where i.accepted_at is null
      and portal_day_of(least(i.expires_at, i.withdrawn_at)) <= least(portal_today(), portal_day()) - 30;
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke all on function retention_end_invitations() from public;
"""


class Migration(migrations.Migration):
    """Accounts end by themselves, 30 days after the last role."""

    dependencies = [("retention", "0019_keys_and_files_that_go_are_named")]

    operations = [migrations.RunSQL(_OVER, migrations.RunSQL.noop)]
