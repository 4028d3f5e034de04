"""Every page has a gate, or stands in a short list with the reason why it has none."""

from __future__ import annotations

import pytest
from django.conf import settings

from access.gate import OPEN_VIEWS, Shows
from access.permissions import Permission
from access.roles import ROLES
from audit.models import LogEntry
from tests.guards.addresses import SAMPLES, Address, all_addresses, gated_addresses

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
DEMO_ONLY = {"demo_sign_in", "demo_cast", "invitation", "invitation_link"}


def test_every_view_has_a_gate_or_a_reason_to_have_none():
    bare = [a.name for a in all_addresses() if a.gate is None and not a.is_open]
    assert not bare, (
        f"these views have no gate: {bare}. Put @page(Permission...) on them, or a line with the "
        "reason in access.gate.OPEN_VIEWS when nobody's data can show."
    )


def test_the_list_of_open_views_holds_nothing_that_is_gone():
    names = {a.name for a in all_addresses()}
    gated = {a.name for a in gated_addresses()}
    gone = set(OPEN_VIEWS) - names - (set() if settings.DEMO else DEMO_ONLY)
    assert not gone, f"take these out of access.gate.OPEN_VIEWS: {sorted(gone)}"
    assert not gated & set(OPEN_VIEWS), "a view is behind the gate and listed as open"
    assert all(reason.strip() for reason in OPEN_VIEWS.values())


def test_every_address_has_a_name_of_its_own_and_keys_of_a_known_kind():
    names = [a.name for a in all_addresses()]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})
    assert not [n for n in names if n.startswith("no name")]
    unknown = {c for a in gated_addresses() for _, c in a.converters} - set(SAMPLES)
    assert not unknown, f"tests/guards/addresses.py needs a sample for {unknown}"


def test_each_permission_opens_something_and_each_is_held_by_a_role():
    held = {permission for role in ROLES.values() for permission in role.permissions}
    assert held == set(Permission)


@pytest.mark.promise("P22")
def test_a_visitor_comes_through_no_gate(db, client):
    for address in gated_addresses():
        method = "GET" if "GET" in address.gate.methods else "POST"
        answer = client.generic(method, address.sample_url())
        assert answer.status_code == 302, address.name
        assert answer["Location"].startswith("/account/login/"), address.name


@pytest.mark.promise("P22")
def test_staff_without_a_second_factor_come_through_no_gate(cast, sign_in):
    client = sign_in(cast.director, second_factor=False)
    for address in gated_addresses():
        method = "GET" if "GET" in address.gate.methods else "POST"
        answer = client.generic(method, address.sample_url())
        assert answer.status_code == 302, address.name
        assert answer["Location"].startswith("/second-step/"), address.name


@pytest.mark.parametrize("address", gated_addresses(), ids=lambda a: a.name)
def test_a_method_a_page_does_not_declare_answers_405_and_is_recorded(
    address: Address, cast, sign_in
):
    client = sign_in(cast.director)
    undeclared = [m for m in METHODS if m not in address.gate.methods]
    for method in undeclared:
        answer = client.generic(method, address.sample_url())
        assert answer.status_code == 405, method
    refused = LogEntry.objects.filter(actor_id=cast.director.pk, outcome="refused")
    assert refused.count() == len(undeclared)
    assert {row.additional_data["status"] for row in refused} == {405}


def test_a_page_that_shows_a_pupil_can_not_be_written_by_looking():
    for address in gated_addresses():
        assert address.gate.is_read_only("GET")
        assert address.gate.is_read_only("HEAD")
        if address.gate.shows is not Shows.NOTHING:
            assert address.gate.methods, address.name
