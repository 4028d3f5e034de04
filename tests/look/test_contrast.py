"""Every pair of colours that meets on the screen can be read, in the light and in the dark."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
SURFACES = ("paper", "card", "well")
WORDS_ON_SURFACES = ("ink", "ink-2", "brand", "brand-strong", "accent", "yes", "no", "open")
OTHER_WORDS = (
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    ("danger", "card"),
    ("danger-strong", "no-soft"),
    ("brand", "brand-soft"),
    ("brand-strong", "brand-soft"),
    ("ink", "brand-soft"),
    ("ink-2", "brand-soft"),
    ("ink", "neutral-soft"),
    ("neutral", "neutral-soft"),
    ("yes", "yes-soft"),
    ("ink", "yes-soft"),
    ("no", "no-soft"),
    ("ink", "no-soft"),
    ("brand", "no-soft"),
    ("open", "open-soft"),
    ("ink", "open-soft"),
    ("brand", "open-soft"),
    ("brand", "yes-soft"),
    ("accent", "accent-soft"),
)
SIGNS = (
    *(("edge", surface) for surface in SURFACES),
    *(("focus", surface) for surface in SURFACES),
    ("brand", "neutral-soft"),
)
PAIRS = (
    *((word, surface, 4.5) for word in WORDS_ON_SURFACES for surface in SURFACES),
    *((word, surface, 4.5) for word, surface in OTHER_WORDS),
    *((sign, surface, 3.0) for sign, surface in SIGNS),
)


def colours(scheme: str) -> dict[str, str]:
    """The tokens of one scheme; what the dark does not name it takes from the light."""
    light, dark = (CSS / "tokens.css").read_text().split("@media screen", 1)
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", dark))
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_most_there_can_be() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("word", "surface", "least"), PAIRS)
def test_every_pair_can_be_read(scheme: str, word: str, surface: str, least: float) -> None:
    found = colours(scheme)

    assert contrast(found[word], found[surface]) >= least


def test_the_dark_has_its_own_value_for_every_colour() -> None:
    _, dark = (CSS / "tokens.css").read_text().split("@media screen", 1)

    missing = [name for name in colours("light") if f"--{name}:" not in dark]

    assert missing == []


def test_every_colour_stands_in_a_listed_pair() -> None:
    listed = {name for word, surface, _ in PAIRS for name in (word, surface)}

    assert set(colours("light")) - listed == {"line"}  # a hair line says nothing by itself


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_only_the_tokens_name_a_colour(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)

    named = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(", text)

    assert path.name == "tokens.css" or named == []


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_token_used_exists(path: Path) -> None:
    tokens = set(re.findall(r"(--[\w-]+):", (CSS / "tokens.css").read_text()))

    used = set(re.findall(r"var\((--[\w-]+)", path.read_text()))

    assert used <= tokens


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_a_file_of_css_stays_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
