"""Every address of the portal, read from the resolver."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.module_loading import module_has_submodule

from access import visibility
from access.gate import OPEN_VIEWS, Gate
from tests.guards.rooms import ROOT

SAMPLES = {
    "UUIDConverter": uuid.UUID("00000000-0000-4000-8000-000000000000"),
    "IntConverter": 1,
    "StringConverter": "x",
    "SlugConverter": "x",
    "PathConverter": "x",
    "PartName": "guidance",
    "RuleName": "refusals",
}

# What stands in addresses that are a regular expression.
BY_PATTERN = {"account_reset_password_from_key": {"uidb36": "1", "key": "set-password"}}


@dataclass(frozen=True)
class Address:
    """One address: its name, its view, and what stands in it."""

    name: str
    route: str
    view: Callable[..., Any]
    converters: tuple[tuple[str, str], ...]

    @property
    def gate(self) -> Gate | None:
        """What the gate of the view demands, if it has one."""
        return getattr(self.view, "gate", None)

    @property
    def is_open(self) -> bool:
        """Whether the view is listed, with its reason, as having no gate."""
        return self.name in OPEN_VIEWS

    def sample_url(self) -> str:
        """The address with keys of nothing in it."""
        kwargs = {k: SAMPLES[c] for k, c in self.converters} | BY_PATTERN.get(self.name, {})
        return reverse(self.name, kwargs=kwargs)


def all_addresses() -> list[Address]:
    """Every address, included lists of addresses too."""
    return sorted(_below(get_resolver()), key=lambda address: address.name)


def gated_addresses() -> list[Address]:
    """The addresses behind the gate."""
    return [address for address in all_addresses() if address.gate]


def all_visibility_queries() -> dict[str, Callable[..., Any]]:
    """Every registered `..._visible_to`, also those that no page imports."""
    for app in apps.get_app_configs():
        if Path(app.path).parent == ROOT and module_has_submodule(app.module, "queries"):
            import_module(f"{app.name}.queries")
            room = Path(app.path)
            for path in (*room.glob("queries/*.py"), *room.glob("*/queries.py")):
                import_module(".".join((app.name, *path.relative_to(room).with_suffix("").parts)))
    return visibility.REGISTRY


def _below(resolver: URLResolver, route: str = "") -> Iterator[Address]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _below(entry, route + str(entry.pattern))
        else:
            yield _address(entry, route + str(entry.pattern))


def _address(entry: URLPattern, route: str) -> Address:
    converters = tuple(
        (name, type(converter).__name__) for name, converter in entry.pattern.converters.items()
    )
    return Address(entry.name or f"no name: {route}", route, entry.callback, converters)
