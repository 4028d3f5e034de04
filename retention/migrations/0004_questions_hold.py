from django.db import migrations

# Past row-level security, for lists and jobs: that a question about a dossier is open, not who
# asked it, about whom, or what. It gives keys of headers, which every lister sees anyway.
FORWARD = """
create function dossiers_with_open_questions() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select d.id from oversight_lookquestion q
    join dossiers_dossier d on d.pupil_id = q.pupil_id and d.school_id = q.school_id
    where q.answered_at is null
$$;
revoke all on function dossiers_with_open_questions() from public;
"""


class Migration(migrations.Migration):
    """A question that nobody answered yet holds the dossier it is about."""

    dependencies = [
        ("retention", "0003_locks"),
        ("oversight", "0003_looks"),
    ]

    operations = [migrations.RunSQL(FORWARD, "drop function dossiers_with_open_questions()")]
