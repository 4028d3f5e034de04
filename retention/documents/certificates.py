"""The certificate as a paper to keep: PDF/A and PDF/UA, in one language, with one hash."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from pdf import papers
from retention.documents.certificates_words import moment_words
from retention.models import Certificate
from retention.rules.certificates import Said


def certificate_paper(certificate: Certificate, said: Said) -> bytes:
    """The certificate, its hash on it. Raises NotMade."""
    with override(certificate.language):
        context = {
            "certificate": certificate,
            "said": said,
            "made": moment_words(certificate.made_at),
            "sealed": moment_words(certificate.head_sealed_at),
        }
        return papers.make(
            "retention/certificates/paper.html",
            context,
            title=_("Certificate of destruction %(number)s") % {"number": certificate.number},
            language=certificate.language,
            is_archived=True,
        )
