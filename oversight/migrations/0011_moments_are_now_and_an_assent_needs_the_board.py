from django.db import migrations

# When something was judged, set, signed or asked is the moment at which it is written: dated
# forward it would stay the newest for ever, dated back it would have been known before.
_MOMENTS = {
    "oversight_findingday": ("looked_at",),
    "oversight_findingsetting": ("set_at",),
    "oversight_assent": ("recorded_at", "withdrawn_at"),
    "oversight_finding": ("made_at",),
    "oversight_judgement": ("judged_at",),
    "oversight_reply": ("replied_at",),
    "oversight_looknames": ("chosen_at",),
    "oversight_lookleave": ("said_at",),
    "oversight_holdback": ("recorded_at", "ended_at"),
    "oversight_lookquestion": ("asked_at", "answered_at"),
    "oversight_signedreport": ("signed_at",),
}
FORWARD = """
create function oversight_is_of_now() returns trigger language plpgsql as $$
declare
    was jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
    moment text;
begin
    -- Who owns the table tells of other days (the demo, tests).
    if session_user = (select relowner::regrole::text from pg_class where oid = tg_relid) then
        return new;
    end if;
    foreach moment in array tg_argv loop
        if to_jsonb(new) ->> moment is distinct from was ->> moment
           and (to_jsonb(new) ->> moment)::timestamptz not between
               clock_timestamp() - interval '5 minutes' and clock_timestamp() + interval '5 minutes'
        then
            raise exception 'what is recorded is of now' using errcode = 'check_violation';
        end if;
    end loop;
    return new;
end $$;

-- Findings about people end with it, also those about who directs the school: somebody else does it.
drop policy oversight_assent_changed on oversight_assent;
create policy oversight_assent_changed on oversight_assent for update using (
    school_id = any ((select oversight_units(array['board-officer']))::uuid[])
    and school_id <> all ((select oversight_units(array['director', 'deputy']))::uuid[])
) with check (withdrawn_by_id = (select portal_user()));
"""
FORWARD += "".join(
    f"""
create trigger a_clock_says_when before insert or update on {table}
    for each row execute function oversight_is_of_now({", ".join(map(repr, columns))});
"""
    for table, columns in _MOMENTS.items()
)
BACKWARD = "".join(f"drop trigger a_clock_says_when on {table};" for table in _MOMENTS)
BACKWARD += """
drop function oversight_is_of_now();
drop policy oversight_assent_changed on oversight_assent;
create policy oversight_assent_changed on oversight_assent for update
    using (school_id = any ((select oversight_directed())::uuid[]))
    with check (withdrawn_by_id = (select portal_user()));
"""


class Migration(migrations.Migration):
    """Nobody dates what they record, and no director ends the findings about themselves."""

    dependencies = [("oversight", "0010_nobody_holds_back_their_own_looks")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
