"""Every form as a sheet to fill in by pen: what it asks is all there, in the order it is keyed in."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from backend.answers.build import form_of
from backend.answers.form import Form
from backend.answers.load import load
from backend.definitions.source import find
from backend.letters import tokens
from backend.papers.questions import Question, questions
from backend.papers.sheet import Bound, Look, page, sheet

FORMS, _ = load(find("form"))


def form(properties: dict[str, Any], **more: Any) -> Form:
    """A form with these questions; each is a string unless it says otherwise."""
    spelt = {
        name: {"type": "string", "x-label-en": value["title"], "x-category": "consultation", **value}
        for name, value in properties.items()
    }
    content = {
        "$id": "tried",
        "title": "ためし",
        "x-title-en": "Tried",
        "type": "object",
        "properties": spelt,
    }
    return form_of({**content, **more})


def chosen(*codes: str, **more: Any) -> dict[str, Any]:
    words = {code: f"<{code}>" for code in codes}
    return {"title": "方法", "enum": list(codes), "x-enum-ja": words, "x-enum-en": words, **more}


def only(asked: list[Question], label: str) -> Question:
    return next(question for question in asked if question.label == label)


def text(pdf: bytes) -> str:
    return "".join(part.extract_text() for part in PdfReader(BytesIO(pdf)).pages)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_question_and_choice_of_every_form_stands_on_its_sheet(name: str) -> None:
    html = page(FORMS[name], Look(), None)

    for item in FORMS[name].fields:
        assert item.label.ja in html
        for choice in item.choices:
            assert choice.label.ja in html


def test_questions_are_numbered_as_they_are_keyed_in() -> None:
    asked = questions(FORMS["consent"])

    assert [question.number for question in asked] == list(range(1, len(FORMS["consent"].fields) + 1))
    assert [question.label for question in asked] == [item.label.ja for item in FORMS["consent"].fields]


def test_choices_carry_the_digits_that_choose_them() -> None:
    (question,) = questions(form({"way": chosen("visit", "call")}))

    assert question.place.options == ((1, "<visit>"), (2, "<call>"))


def test_a_date_has_a_cell_for_each_digit_and_every_era_to_choose() -> None:
    (question,) = questions(form({"day": {"title": "日", "format": "date"}}))

    assert question.place.eras == ("令和", "平成", "昭和", "大正", "明治")
    assert [cells.count for cells in question.place.cells] == [2, 2, 2]


@pytest.mark.parametrize(("longest", "lines"), [(10, 1), (22, 1), (23, 2), (2000, 6)])
def test_free_text_has_lines_by_its_longest_length(longest: int, lines: int) -> None:
    (question,) = questions(form({"body": {"title": "内容", "x-widget": "textarea", "maxLength": longest}}))

    assert question.place.lines == lines


def test_a_conditional_question_says_when_it_is_asked_and_that_it_is_required_then() -> None:
    condition = {"properties": {"way": {"const": "visit"}}, "required": ["way"]}
    where = {"title": "場所", "type": "string", "x-label-en": "Where", "x-category": "consultation"}
    then = {"properties": {"where": where}, "required": ["where"]}

    asked = questions(form({"way": chosen("visit", "call")}, allOf=[{"if": condition, "then": then}]))

    assert only(asked, "場所").when.asked == "「方法」が「<visit>」のとき"
    assert only(asked, "場所").when.required
    assert only(asked, "場所").depth == 1


def test_all_choices_but_one_are_told_by_the_one() -> None:
    condition = {"properties": {"way": {"enum": ["visit", "call"]}}, "required": ["way"]}
    where = {"title": "場所", "type": "string", "x-label-en": "Where", "x-category": "consultation"}
    conditional = {"if": condition, "then": {"properties": {"where": where}}}

    asked = questions(form({"way": chosen("visit", "call", "none")}, allOf=[conditional]))

    assert only(asked, "場所").when.asked == "「方法」が「<none>」以外のとき"


def test_questions_with_the_same_condition_say_it_once() -> None:
    told = [question.label for question in questions(FORMS["detection_report"]) if question.tells]

    assert "虐待の種類（疑い）" in told
    assert "疑いのもと" not in told


def test_a_bound_sheet_carries_its_number_on_every_page_and_no_name() -> None:
    token = tokens.new(tokens.PAPER_LENGTH)

    pdf = sheet(FORMS["intake"], Look(), Bound(token, date(2027, 5, 1), "受け付ける"))

    pages = PdfReader(BytesIO(pdf)).pages
    assert all(token.shown in page.extract_text() for page in pages)
    assert "令和9年5月1日まで有効" in text(pdf)


def test_a_sheet_is_tagged_and_its_fonts_are_embedded() -> None:
    pdf = PdfReader(BytesIO(sheet(FORMS["progress_note"])))

    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    fonts = [font.get_object() for font in pdf.pages[0]["/Resources"]["/Font"].values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all("/FontFile2" in one or "/FontFile3" in one for one in described)


def test_the_text_of_a_sheet_reads_in_its_order() -> None:
    found = text(sheet(FORMS["progress_note"])).replace("\n", "")

    labels = [item.label.ja for item in FORMS["progress_note"].fields]
    places = [found.index(label) for label in labels]
    assert places == sorted(places)


def test_readings_stand_over_the_words_of_the_list_and_not_in_numbers() -> None:
    html = page(FORMS["progress_note"], Look(ruby=True), None)

    assert '<span class="rt">にちじ</span>日時' in html
    assert "<title>支援経過記録</title>" in html


def test_the_command_writes_a_sheet_and_says_what_was_meant(tmp_path: Any) -> None:
    target = tmp_path / "note.pdf"

    call_command("paper", "note", "-o", str(target))

    assert target.read_bytes().startswith(b"%PDF")
    with pytest.raises(CommandError, match="did you mean progress_note"):
        call_command("paper", "progres_note")
