"""Drawings: laid out, marked, readable without seeing them, and harmless to a strict page."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from backend.definitions.source import find
from backend.workflow.draw import mermaid, places, svg
from backend.workflow.lines import columns, wrap
from backend.workflow.reader import load
from tests.workflow.specimens import SMALL, action, state, workflow

REFERRAL = load(find("workflow"))[0]["referral"]
WALKED = {"detected": date(2026, 11, 24), "triaged": date(2026, 11, 24), "consent_requested": None}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(**options):
    return ET.fromstring(svg(REFERRAL, "ja", **options))


def classes(root):
    return {
        node.get("data-state"): node.get("class").split()[-1]
        for node in root.iter(f"{SVG}g")
        if node.get("data-state")
    }


def test_a_drawing_has_a_title_and_a_description_that_name_it():
    root = drawn(current="consented", done=WALKED)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "つなぎ"
    assert "いまは「同意あり」です。" in desc.text
    assert "取り下げる" in desc.text


def test_every_state_is_marked_as_done_current_possible_or_ahead():
    marks = classes(drawn(current="consented", done=WALKED))

    assert marks["detected"] == marks["triaged"] == "wf-done"
    assert marks["consented"] == "wf-current"
    assert marks["assigned"] == marks["referred"] == "wf-possible"
    assert marks["accepted"] == marks["closed"] == "wf-ahead"
    assert set(marks) == set(REFERRAL.states)


def test_done_and_current_are_told_by_sign_and_word_besides_the_line():
    texts = [text.text for text in drawn(current="consented", done=WALKED).iter(f"{SVG}text")]

    assert texts.count("✓ 11/24") == 2
    assert "✓ 済み" in texts
    assert "▶ いまここ" in texts


def test_near_leaves_out_what_is_neither_behind_nor_next():
    shown = set(classes(drawn(current="referred", done=WALKED, near=True)))

    assert shown == {*WALKED, "referred", "accepted", "returned", "rejected", "assigned"}


def test_a_page_with_a_strict_policy_can_show_it():
    picture = svg(REFERRAL, "ja", current="consented", done=WALKED)

    assert "style" not in picture
    assert "<script" not in picture
    assert "href" not in picture
    assert "currentColor" in picture


def test_a_picture_that_stands_alone_carries_its_colours_for_light_and_dark():
    picture = svg(REFERRAL, "en", standalone=True)

    assert "<style>" in picture
    assert "prefers-color-scheme:dark" in picture


def test_labels_are_escaped():
    tricky = workflow(
        {
            "a": state("new", title={"ja": "<b>&", "en": "<b>&"}),
            "b": state("done"),
        },
        {"go": action(["a"], "b")},
    )

    assert ET.fromstring(svg(tricky, "ja")).find(f".//{SVG}text").text == "<b>&"


def test_the_same_in_words_is_an_ordered_list():
    words = places(SMALL, "ja", current="handled", done={"received": date(2026, 11, 24)})

    assert [(place.number, place.state, place.word) for place in words] == [
        (1, "received", "済み"),
        (2, "handled", "いまここ"),
        (3, "closed", "次に進める"),
    ]
    assert words[0].on == date(2026, 11, 24)
    assert words[1].next == ("見本", "見本", "見本")


def test_a_mermaid_diagram_names_states_arrows_and_what_is_possible_everywhere():
    diagram = mermaid(REFERRAL, "en")

    assert "  [*] --> detected: Report" in diagram
    assert "  detected --> triaged: Triage" in diagram
    assert "  closed --> [*]" in diagram
    assert "Possible from many states: Withdraw." in diagram
    assert "supporting --> withdrawn" not in diagram


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("気づき受付", ["気づき受付"]),
        ("つなぎ先の返事待ち", ["つなぎ先の返事待ち"]),
        ("引き受けられなかった", ["引き受けら", "れなかった"]),
        ("Returned with a question", ["Returned with a", "question"]),
        ("Consented", ["Consented"]),
    ],
)
def test_labels_break_into_lines_of_nine_full_width_characters(text, lines):
    assert wrap(text, 18, 2) == lines


def test_a_label_that_does_not_fit_ends_in_dots():
    assert wrap("あ" * 40, 18, 2)[-1].endswith("…")
    assert all(columns(line) <= 18 for line in wrap("あ" * 40, 18, 2))


def test_a_line_never_begins_with_a_full_stop():
    assert wrap("同意をもらいました。", 18, 2) == ["同意をもら", "いました。"]
    assert not any(line.startswith("。") for line in wrap("あああああああああ。い", 18, 3))
