"""What somebody sent when their session had ended: given back on the answer, kept nowhere.

Not in the session, not in the address, not on disk: the fields stand in a form on the page that
answers, with the same address to send them to once the person has signed in again.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.requests import brought_files

_TOKEN = "csrfmiddlewaretoken"
_SHORTEST = 3  # characters worth showing beside the button
# A field of a form without words whose choices took somebody time: they come back too.
KEEP = "keep"


def give_back(request: HttpRequest) -> HttpResponse | None:
    """The page with what was typed or chosen; none when nothing was that could be lost."""
    if request.method != "POST" or request.headers.get("HX-Request") == "true":
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != _TOKEN and "password" not in name
    ]
    typed = [value for _name, value in fields if _is_words(value)]
    if not typed and KEEP not in request.POST:
        return None
    context = {"fields": fields, "typed": typed, "has_files": brought_files(request)}
    return render(request, "access/kept.html", context, status=403)


def came_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on a page of the portal itself."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _is_words(value: str) -> bool:
    """Whether a value was written by a person, and is no key, choice or date."""
    text = value.strip()
    return len(text) >= _SHORTEST and (" " in text or "\n" in text)
