from django.db import migrations

_BEGINS = """
-- As in 0026, of a whole roster at once: only a stay or a part that came says who is back.
create or replace function a_dossier_begins_again() returns trigger language plpgsql as $$
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
"""


class Migration(migrations.Migration):
    """Fifty thousand stays that come or change ask as fast as before who is back."""

    dependencies = [("retention", "0038_no_number_is_given_again")]

    operations = [migrations.RunSQL(_BEGINS, migrations.RunSQL.noop)]
