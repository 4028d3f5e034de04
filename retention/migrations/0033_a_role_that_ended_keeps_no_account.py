from django.db import migrations

_ACCOUNTS = """
-- Accounts that belong to no parent and no pupil any more. One whose owner has another role that goes
-- on, or begins later, loses its family roles only. Else everything goes by which somebody came in or
-- was reached. Where something still points at it the row stays, without a name; of who once worked
-- here the name stays too, beside what they wrote and decided.
create or replace function retention_remove_accounts(wanted uuid[]) returns integer language plpgsql as $$
declare
    kept uuid[] := array(select u.id from access_user u where u.id = any (wanted) and (
        exists (select from students_parent p where p.user_id = u.id)
        or exists (select from students_pupil p where p.user_id = u.id)));
    ended uuid[] := array(select unnest(wanted) except select unnest(kept));
    worked uuid[];
    used uuid[] := '{}';
    place record;
    found uuid[];
    gone integer;
begin
    delete from access_membership m where m.user_id = any (ended) and m.role in ('parent', 'pupil');
    ended := array(
        select unnest(ended) except select m.user_id from access_membership m
        where coalesce(m.ends_on, 'infinity')
            >= greatest(m.starts_on, least(portal_today(), portal_day())));
    worked := array(select m.user_id from access_membership m where m.user_id = any (ended));
    delete from access_invitation i using access_user u
    where u.id = any (ended) and (i.accepted_by_id = u.id or lower(i.email) = lower(u.email)
        and (i.withdrawn_at is not null or i.expires_at <= clock_timestamp()));
    delete from django_session s using usersessions_usersession u
    where u.session_key = s.session_key and u.user_id = any (ended);
    delete from usersessions_usersession u where u.user_id = any (ended);
    delete from mfa_authenticator a where a.user_id = any (ended);
    delete from account_emailconfirmation c using account_emailaddress e
    where c.email_address_id = e.id and e.user_id = any (ended);
    delete from account_emailaddress e where e.user_id = any (ended);
    for place in
        select k.conrelid::regclass as of_table, a.attname as of_column
        from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.contype = 'f' and k.confrelid = 'access_user'::regclass and k.conparentid = 0
    loop
        execute format('select array(select distinct %I from %s where %1$I = any ($1))',
                       place.of_column, place.of_table) into found using ended;
        used := used || found;
    end loop;
    update access_user u
    set name = case when u.id = any (worked) then u.name else '' end,
        username = 'gone-' || u.id, email = null, password = '!', is_active = false
    where u.id = any (ended) and u.id = any (used);
    delete from access_user u where u.id = any (ended) and not u.id = any (used);
    get diagnostics gone = row_count;
    perform retention_remove_traces(ended);
    return gone;
end $$;
"""


class Migration(migrations.Migration):
    """A parent who once worked here keeps no account."""

    dependencies = [("retention", "0032_a_clock_says_when_it_was_approved")]

    operations = [migrations.RunSQL(_ACCOUNTS, migrations.RunSQL.noop)]
