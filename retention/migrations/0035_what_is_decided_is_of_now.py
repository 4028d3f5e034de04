from django.db import migrations

# A term that was approved in 2099 would outlive every later one; an item is decided by somebody who
# holds the role at that moment.
_MOMENTS = {
    "retention_termchange": ("proposed_at", "approved_at", "withdrawn_at"),
    "retention_hold": ("placed_at", "lifted_at"),
    "retention_holdreview": ("reviewed_at",),
    "retention_destructionlist": ("assigned_at", "reviewed_at", "approved_at", "cancelled_at"),
}
FORWARD = "".join(
    f"""
create trigger a_clock_says_when before insert or update on {table}
    for each row execute function oversight_is_of_now({", ".join(map(repr, columns))});
"""
    for table, columns in _MOMENTS.items()
)
# Thousands of items are made, and told what became of them, at once.
FORWARD += """
create trigger a_clock_says_when before insert or update of decided_at on retention_destructionitem
    for each row when (new.decided_at is not null)
    execute function oversight_is_of_now('decided_at');
"""
BACKWARD = "".join(
    f"drop trigger a_clock_says_when on {table};"
    for table in (*_MOMENTS, "retention_destructionitem")
)


class Migration(migrations.Migration):
    """Nobody dates what they decide about terms, holds and lists."""

    dependencies = [
        ("oversight", "0013_a_month_is_over_by_our_clock"),
        ("retention", "0034_each_step_is_asked"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
