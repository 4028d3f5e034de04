from django.db import migrations

_MOMENTS = """
create trigger a_clock_says_when before insert or update on retention_leftoverjudgement
    for each row execute function oversight_is_of_now('judged_at');
create trigger a_clock_says_when before insert or update on retention_othersystemconfirmation
    for each row execute function oversight_is_of_now('said_at');
"""
_NONE = """
drop trigger a_clock_says_when on retention_leftoverjudgement;
drop trigger a_clock_says_when on retention_othersystemconfirmation;
"""


class Migration(migrations.Migration):
    """Nobody dates forward what they say of something found, or of another system."""

    dependencies = [
        ("retention", "0019_what_is_erased_takes_nothing_new"),
        ("oversight", "0012_a_damaged_report_keeps_no_month"),
    ]

    operations = [migrations.RunSQL(_MOMENTS, _NONE)]
