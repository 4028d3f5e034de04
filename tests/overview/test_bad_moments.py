"""What somebody reads when it goes wrong: what happened, that nothing changed, how to go on."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

HOW_TO_GO_ON = {
    "nl": ("niets gewijzigd", "directeur van uw school"),
    "en": ("othing was changed", "director of your school"),
}


def _main(page) -> str:
    return page.content.decode().split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("what", ["not yours", "no such key", "no such address", "not your role"])
def test_a_refusal_says_that_nothing_changed_and_whom_to_ask(cast, sign_in, what, language):
    cast.counsellor.language = language
    cast.counsellor.save(update_fields=["language"])
    address = {
        "not yours": reverse("dossier", args=[cast.dossier("other").pk]),
        "no such key": reverse("dossier", args=["12345678-1234-4234-8234-123456789012"]),
        "no such address": "/no/such/address/",
        "not your role": reverse("log"),
    }[what]
    page = sign_in(cast.counsellor).get(address)
    assert page.status_code == (403 if what == "not your role" else 404)
    main = _main(page)
    for words in HOW_TO_GO_ON[language]:
        assert words in main
    assert 'href="/"' in main
    assert cast.pupils["other"].name not in page.content.decode()


@pytest.mark.promise("P22")
def test_not_yours_and_not_there_can_not_be_told_apart(cast, sign_in):
    client = sign_in(cast.counsellor)
    there = client.get(reverse("dossier", args=[cast.dossier("other").pk]))
    nowhere = client.get(reverse("dossier", args=["12345678-1234-4234-8234-123456789012"]))
    assert _main(there) == _main(nowhere)


def test_a_visitor_at_a_wrong_address_is_helped_too(db, client):
    page = client.get("/no/such/address/")
    assert page.status_code == 404
    assert re.search(r"<h1>[^<]+</h1>", _main(page))
