"""Answers that hand over a paper, so that it can do nothing where it is opened."""

from __future__ import annotations

from django.http import HttpResponse

# No script, no request, no form, no parent page.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


def pdf_download(data: bytes, name: str) -> HttpResponse:
    """A PDF to keep under `name`: a name of our own making, never typed by anybody."""
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": ALONE,
            "X-Content-Type-Options": "nosniff",
        },
    )
