"""Templates keep what the Content-Security-Policy and the screen reader expect."""

import re
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.template import Context, engines
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from tests.cast import Cast
from tests.look.styleguide import context

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
ALONE = ["400.html", "500.html", "403_csrf.html"]
NAMES = [str(path.relative_to(TEMPLATES)) for path in PAGES]


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_a_template_holds_no_style_and_no_script_of_its_own(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "<style" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert " src=" in script or 'type="application/json"' in script


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_a_template_stays_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 120


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_for_bad_moments_needs_nothing(name: str, language: str) -> None:
    with override(language):
        page = get_template(name).template.render(Context())

    assert f'lang="{language}"' in page
    assert 'href="/"' in page


def test_a_name_stays_out_of_the_title() -> None:
    page = render_guide()

    title = re.search(r"<title>(.*?)</title>", page)
    assert title
    assert "Noor" not in title[1]
    assert "<h1>Noor van den Berg</h1>" in page


def test_a_mistake_is_named_beside_its_field_and_on_top() -> None:
    page = render_guide()

    assert 'href="#id_b-subject"' in page
    assert 'id="id_b-subject_error"' in page
    assert re.search(r'<input[^>]*id="id_b-subject"[^>]*>', page)
    assert re.search(r'<input[^>]*aria-describedby="id_b-subject_error"[^>]*>', page)
    assert re.search(r'<input[^>]*aria-invalid="true"[^>]*id="id_b-subject"', page)


def render_guide() -> str:
    """The style guide as a signed-out visitor of the test server would get it."""
    request = RequestFactory().get("/")
    return get_template("styleguide.html").render(context(), request)


@pytest.mark.django_db
def test_a_mail_for_a_new_password_says_what_to_do_and_nothing_of_pupils(
    client: Client, mailoutbox: list[EmailMessage], cast: Cast
) -> None:
    asks = {"email": cast.counsellor.email}
    client.post(reverse("account_reset_password"), asks, secure=True)

    assert len(mailoutbox) == 1
    assert "/password/reset/key/" in mailoutbox[0].body
    assert "example.com" not in mailoutbox[0].subject + mailoutbox[0].body


def test_a_variable_that_nobody_gives_fails_a_test():
    """Django asks only a text that is not empty: an empty one would show a gap and say nothing."""
    with pytest.raises(LookupError, match="nobody_gives_this"):
        engines["django"].from_string("{{ nobody_gives_this }}").render({})
