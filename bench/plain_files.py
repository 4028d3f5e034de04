"""The same handler for files without checks and sealing: for measuring only, never installed.

Django takes the same form apart with the same upload handler and gives the bytes back in the same
pieces. There is no session, no gate, no cleaning, no key, no row and no log.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_portal.settings")
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  needs Django

from access.uploads import InMemoryUpload  # noqa: E402  needs Django
from files import limits  # noqa: E402  needs Django
from vault.chunks import CHUNK  # noqa: E402  needs Django

KEPT = Path(os.environ["PORTAL_BENCH_HOME"]) / "plain-file"


class OpenToAll(InMemoryUpload):
    """The same handler, asking nobody who they are."""

    def handle_raw_input(self, *args: object, **kwargs: object) -> None:
        """Takes files as large as the real pages do."""
        self._each, self._is_welcome, self._is_busy = limits.FILE_BYTES, True, False
        self._total = self._count = 0


def health(request: HttpRequest) -> HttpResponse:
    """That it runs."""
    return HttpResponse("ok")


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    """Keeps the file as it came, flushed to disk as the real one is."""
    sent = request.FILES["uploads"]
    assert isinstance(sent, UploadedFile)
    with KEPT.open("wb") as file:
        file.write(sent.read())
        file.flush()
        os.fsync(file.fileno())
    return HttpResponse("is kept.")


def download(request: HttpRequest) -> StreamingHttpResponse:
    """Gives it back, in pieces as large as the real ones."""
    answer = StreamingHttpResponse(_pieces(), content_type="application/pdf")
    answer.headers["Content-Length"] = str(KEPT.stat().st_size)
    return answer


def _pieces() -> Iterator[bytes]:
    with KEPT.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


urlpatterns = [path("health/", health), path("upload/", upload), path("download/", download)]

settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.OpenToAll"]
application = WSGIHandler()
