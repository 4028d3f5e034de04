from django.db import migrations

# Whose a finding is asks several tables; a function per row took a second for ten thousand. Four
# sets, each worked out once per statement, say of nearly all that they are the director's.
FORWARD = """
drop policy oversight_finding_seen on oversight_finding;
create policy oversight_finding_seen on oversight_finding for select using (
    person_id = (select portal_user())
    or not subjects && (select oversight_own_children())::uuid[] and (
        unit_id = any ((select oversight_units(array['privacy-officer', 'fg']))::uuid[])
        or (unit_id = any ((select oversight_units(array['director', 'deputy']))::uuid[])
            or unit_id = any ((select oversight_units(array['board-officer']))::uuid[]))
           and case when unit_id in (select u.id from access_unit u where u.parent_id is null)
                      or person_id in (
                         select m.user_id from access_membership m
                         where m.role in ('director', 'deputy', 'board-officer',
                                          'privacy-officer', 'fg'))
                      or unit_id not in (
                         select m.unit_id from access_membership m
                         where m.role in ('director', 'deputy')
                           and m.starts_on <= (select portal_day())
                           and coalesce(m.ends_on, 'infinity') >= (select portal_day()))
                      or subjects && array(
                         select c.log_key from students_parenthood h
                         join students_parent p on p.id = h.parent_id
                         join students_pupil c on c.id = h.pupil_id
                         where p.user_id in (
                             select m.user_id from access_membership m
                             where m.role in ('director', 'deputy')))
                    then case when oversight_is_for_board(unit_id, person_id, day, subjects)
                         then unit_id = any (
                             (select oversight_units(array['board-officer']))::uuid[])
                         else unit_id = any (
                             (select oversight_units(array['director', 'deputy']))::uuid[]) end
                    else unit_id = any (
                             (select oversight_units(array['director', 'deputy']))::uuid[]) end
    )
);
"""


class Migration(migrations.Migration):
    """The lock on findings says the same as before, of many at once."""

    dependencies = [("oversight", "0007_looks_on_paper")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
