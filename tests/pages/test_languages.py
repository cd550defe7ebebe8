"""Both languages, complete."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import timezone, translation

from backend.cases import pinned
from backend.pages import wording
from backend.pages.cases import choosing
from backend.people.models import User
from tests.test_translations import messages

PAGES = Path(__file__).parents[2] / "backend" / "pages"
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_word_of_the_pages_is_in_the_catalogue_and_no_other(lang):
    with (PAGES / "locale" / lang / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=lang)

    entries = {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in catalogue if m.id}

    assert set(entries) == messages(PAGES)
    assert all(words if isinstance(words, str) else all(words) for words in entries.values())


def test_placeholders_are_the_same_in_both_languages():
    with (PAGES / "locale" / "ja" / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale="ja")

    for message in catalogue:
        if message.id and isinstance(message.id, str):
            assert sorted(re.findall(r"%\(\w+\)s", message.id)) == sorted(
                re.findall(r"%\(\w+\)s", message.string)
            )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/?view=team", "/persons/", "/notices/", "/display/", "/cases/{case}/"])
def test_an_english_page_has_english_words_and_says_so(browser, triaged, path):
    client = browser("supervisor")
    User.objects.filter(username="supervisor").update(language="en")

    page = client.get(path.format(case=triaged.case)).content.decode()

    headings = re.findall(r"<(?:h2|summary|label|legend|dt)[^>]*>([^<]+)<", page)
    assert '<html lang="en"' in page
    assert "My work" in page
    assert not [words for words in headings if JAPANESE.search(words) and words != "日本語"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/?view=team", "/calls/", "/board/", "/approvals/", "/cards/", "/cases/{case}/"]
)
def test_an_english_page_names_offices_in_english_and_is_punctuated_so(browser, triaged, path):
    client = browser("supervisor")
    User.objects.filter(username="supervisor").update(language="en")

    page = client.get(path.format(case=triaged.case)).content.decode()

    own = re.sub(r'<(\w+)[^>]* lang="ja"[^>]*>.*?</\1>', "", page)
    assert "Uminari City, Welfare Section" in own
    assert "福祉課" not in own
    assert not re.findall("[（）、・：]", own)


@pytest.mark.django_db
@pytest.mark.parametrize(("lang", "name"), [("ja", "地域包括支援センター中浜"), ("en", "Nakahama")])
def test_an_office_somebody_answered_is_called_as_in_the_list_it_was_chosen_from(cast, lang, name):
    form = pinned.form(pinned.newest("form", "referral_sheet"))

    with translation.override(lang):
        told = choosing.names([(form, {"to_org": "center-nakahama"})])

    assert name in told["organisation"][0][1]


def test_every_way_to_look_at_a_record_has_words():
    code = "".join(path.read_text() for path in PAGES.rglob("*.py"))
    ways = set(re.findall(r'(?:record_look|_looked_at|record_reading)\([^"]*"(\w+)"\)', code))
    ways |= set(re.findall(r'(?:how=|LOOK = |COMPARED, SAME = )"(\w+)"', code))

    assert {"page", "compare", "reprint", "phone"} <= ways
    assert not {way for way in ways if wording.looked(way) == way}


def test_a_date_far_off_is_told_with_its_year():
    today = timezone.localdate()
    near, far = today - timedelta(days=100), today - timedelta(days=800)

    assert str(near.year) not in wording.day(near, "en")
    assert wording.day(far, "en").endswith(f" {far.year}")
    assert "年" in wording.day(far, "ja")


def test_pages_stay_within_their_budget():
    sizes = {path.name: path.stat().st_size for path in (PAGES / "static" / "pages").iterdir()}

    everywhere = ("tokens.css", "pages.css", "components.css", "print.css")
    assert sum(sizes[name] for name in everywhere) <= 27_000
    assert sizes["pages.js"] <= 12_000
    assert sizes["icons.svg"] <= 8_000


def test_a_colour_stands_only_where_a_role_gets_its_value():
    """Everything else names the role, so that a theme changes all of a page."""
    colour, role = re.compile(r"#[0-9a-f]{3,8}\b|rgb\(", re.IGNORECASE), re.compile(r"--[\w-]+:[^;}]+")
    sheets = {path.name: path.read_text("utf-8") for path in (PAGES / "static" / "pages").glob("*.css")}

    found = {name: colour.findall(role.sub("", sheet)) for name, sheet in sheets.items()}

    assert {name: colours for name, colours in found.items() if colours and name != "print.css"} == {}
