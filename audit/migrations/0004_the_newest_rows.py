"""Two indexes for the newest rows (ADR 31).

By moment, for who reads a whole board. And a pupil's rows without a list of what is still to be
sorted in: every reader would go through that list.
"""

from django.db import migrations

FORWARD = """
create index audit_by_moment on audit_logentry ("timestamp" desc);
drop index audit_by_subject;
create index audit_by_subject on audit_logentry using gin (subjects) with (fastupdate = off);
"""
BACKWARD = """
drop index audit_by_moment;
drop index audit_by_subject;
create index audit_by_subject on audit_logentry using gin (subjects);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_a_ground_for_checks")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
