"""The whole way of a parent: a letter, an account, the questions, a signature, a receipt."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.models import User
from consent.models import Answer, Code, Receipt
from tests.consent.family.conftest import FAMILY_PASSWORD

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]


def test_from_a_letter_to_a_receipt(family, newcomer, new_code):
    parent = newcomer("letter_parent", "own")
    family.asked.ask("own")
    words = new_code(parent, "own")
    client = family.client
    assert client.get(reverse("activate")).status_code == 200
    typed = client.post(reverse("activate"), {"code": words.upper()})
    assert typed["Location"] == reverse("activate_account")
    page = client.get(typed["Location"])
    assert "First-own" not in page.content.decode()  # no name of a child before there is an account
    account = {"name": "Sam-en-Noor", "password1": FAMILY_PASSWORD, "password2": FAMILY_PASSWORD}
    made = client.post(typed["Location"], account)
    assert made.status_code == 302, made.content.decode()
    assert made["Location"] == reverse("my_children")
    user = User.objects.get(username="sam-en-noor")
    parent.refresh_from_db()
    assert parent.user == user
    assert Code.objects.get().used_by == user
    children = client.get(made["Location"]).content.decode()
    assert "First-own" in children
    assert "One question waits" in children
    family.asked.cast.people["letter_parent"] = user
    questions = client.get(family.questions("own")).content.decode()
    assert "May website?" in questions or "Mag website?" in questions
    assert " checked" not in questions
    chosen = family.choose("letter_parent", "own", website=True)
    sign = client.get(chosen["Location"]).content.decode()
    assert 'type="password"' not in sign  # the password was typed a moment ago
    signed = client.post(chosen["Location"])
    receipt = Receipt.objects.get()
    assert signed["Location"] == reverse("receipt", args=[receipt.pk])
    assert receipt.code in client.get(signed["Location"]).content.decode()
    row = Answer.objects.get()
    assert (row.said, row.parent, row.receipt) == ("given", parent, receipt)
