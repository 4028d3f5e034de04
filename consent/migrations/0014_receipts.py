import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

LOCKS = """
-- A receipt is of who signed it, and of nobody else.
alter table consent_receipt enable row level security;
create policy consent_receipt_own on consent_receipt
    using (signed_by_id = (select portal_user()))
    with check (signed_by_id = (select portal_user()));
alter table consent_receiptpaper enable row level security;
create policy consent_receiptpaper_seen on consent_receiptpaper for select
    using (receipt_id in (select id from consent_receipt));
create policy consent_receiptpaper_added on consent_receiptpaper for insert
    with check (receipt_id in (select id from consent_receipt));
create policy consent_receiptpaper_changed on consent_receiptpaper for update using (false);

-- Whether a file is genuine is asked by a command, for nobody: over the worker's login or the
-- owner's, never over the web's. By the code that stands on it, or by what the file hashes to.
create function receipts_to_verify(wanted_codes text[], wanted_digest bytea)
returns table (id uuid, code varchar, signed_by_id uuid, signed_at timestamptz,
               language varchar, digest bytea, answer_id uuid, pupil_id uuid, school_id uuid,
               answers_as varchar, said varchar, counts_from date, counts_until date,
               version smallint, title text, words text)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.code, r.signed_by_id, r.signed_at, r.language, p.digest, a.id, a.pupil_id,
           a.school_id, a.answers_as, a.said, a.counts_from, a.counts_until, t.number,
           case r.language when 'en' then t.title_en else t.title_nl end,
           case r.language when 'en' then t.text_en else t.text_nl end
    from consent_receipt r
    left join consent_receiptpaper p on p.receipt_id = r.id
    left join consent_answer a on a.receipt_id = r.id
    left join consent_purposetext t on t.id = a.text_id
    where (r.code = any (wanted_codes) or p.digest = wanted_digest)
      and (select consent_is_job())
$$;
revoke all on function receipts_to_verify(text[], bytea) from public;
"""
TRIGGERS = """
create trigger nothing_is_changed before update on {table}
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_only_added();
"""
FORWARD = LOCKS + "".join(
    TRIGGERS.format(table=table) for table in ("consent_receipt", "consent_receiptpaper")
)


class Migration(migrations.Migration):
    """What was signed at one moment has a receipt, which nobody else reads."""

    dependencies = [
        ("consent", "0013_sendings"),
        ("students", "0007_an_account_of_several_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True)),
                (
                    "signed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("language", models.CharField(max_length=2)),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptPaper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper",
                        to="consent.receipt",
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
        ),
        migrations.AddField(
            model_name="answer",
            name="receipt",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="consent.receipt",
            ),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
