"""A picture or PDF kept as proof with a row: cleaned, sealed under the row's own key, opened again.

The bytes are a blob (ADR 15); what the file is (`Paper`) stands sealed in the row.
"""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from files.intake import Clean, take_in
from files.kinds import Kind
from vault import blobs
from vault.blobs import Kept
from vault.chunks import SealedFile, seal_file
from vault.sealing import Keyring

_ACCEPTED = {Kind.PDF, Kind.PICTURE}


def taken_in(data: bytes, *, name: str) -> Clean:
    """A picture or a PDF, made harmless. Raises Unwelcome, and Refused for any other kind."""
    clean = take_in(data, name=name)
    if clean.kind not in _ACCEPTED:
        raise Refused(_("The proof is a picture or a PDF. Send one of those."))
    return clean


def keep_file(kept: Kept, keys: Keyring, row_id: uuid.UUID, place: str, clean: Clean) -> uuid.UUID:
    """Seals the bytes for one place under the row's key; gives the blob's name.

    Raises Unwelcome when it can't be drawn: what nobody can look at proves nothing.
    """
    name = kept.keep(seal_file(keys, row_id, place, clean.content))
    clean.draw()
    return name


def read_file(keys: Keyring, row_id: uuid.UUID, place: str, name: uuid.UUID) -> bytes:
    """The bytes again. Raises Unreadable when the blob is gone or was changed."""
    with SealedFile(keys, row_id, place, blobs.open_blob(name)) as sealed:
        return sealed.read_all()
