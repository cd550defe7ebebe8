"""Forms as HTML: accessible, escaped, and whole without script."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.form import Form
from backend.answers.render import live_parts, render
from tests.answers.conftest import question, several, shipped, small_form
from tests.answers.page import Element, page, sent_back
from tests.answers.strategies import anything_like_answers, few

each_form = pytest.mark.parametrize("name", sorted(shipped()))
ROWS = question(
    "行",
    type="array",
    maxItems=3,
    items={
        "type": "object",
        "required": ["name"],
        "unevaluatedProperties": False,
        "properties": {"name": question("氏名")},
    },
)
PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1) hx-get=/x>{{ 7|add:7 }}"
DECIDES = {"properties": {"asked": {"const": True}}, "required": ["asked"]}


def drawings(form: Form) -> list[Element]:
    """The form empty, with each of its examples, and with everything that is wrong with them."""
    filled: list[Any] = [{}, *form.accepted, *(answers for _, answers in form.rejected)]
    return [
        page(render(form, answers=answers, problems=form.check(answers), live_url="/live/"))
        for answers in filled
    ]


@each_form
def test_every_control_has_a_label_and_every_group_a_legend(forms: dict[str, Form], name: str) -> None:
    for drawn in drawings(forms[name]):
        labelled = {label.attributes["for"] for label in drawn.all("label")}
        controls = [
            item
            for item in drawn.all("input", "textarea", "select")
            if item.attributes.get("type") != "hidden"
        ]

        assert {item.attributes["id"] for item in controls} == labelled
        assert all(
            group.children[0].tag == "legend" and group.children[0].text for group in drawn.all("fieldset")
        )


@each_form
def test_ids_are_unique_and_what_refers_to_them_finds_them(forms: dict[str, Form], name: str) -> None:
    for drawn in drawings(forms[name]):
        ids = [item.attributes["id"] for item in drawn.all() if "id" in item.attributes]
        described = [item.attributes.get("aria-describedby", "") for item in drawn.all()]
        links = [item.attributes["href"] for item in drawn.all("a")]

        assert len(ids) == len(set(ids))
        assert {reference for references in described for reference in references.split()} <= set(ids)
        assert {link.removeprefix("#") for link in links} <= set(ids)


@each_form
def test_every_problem_stands_in_the_summary_and_at_its_question(forms: dict[str, Form], name: str) -> None:
    form = forms[name]
    for _, answers in form.rejected:
        problems = form.check(answers)
        drawn = page(render(form, answers=answers, problems=problems))

        assert [item.text for item in drawn.of_class("error-summary")[0].all("li")] == [
            p.ja for p in problems
        ]
        for told in problems:
            if told.code != "not_asked":
                assert any(told.ja in item.text for item in drawn.of_class("error"))


@each_form
def test_nothing_needs_a_style_or_a_script(forms: dict[str, Form], name: str) -> None:
    for drawn in drawings(forms[name]):
        assert not drawn.all("script", "style")
        assert not [
            item for item in drawn.all() for key in item.attributes if key == "style" or key.startswith("on")
        ]


@each_form
@few
@given(data=st.data())
def test_answers_of_any_kind_are_drawn_and_escaped(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    answers = data.draw(anything_like_answers(form))

    drawn = page(render(form, answers=answers, problems=form.check(answers)))

    assert not drawn.all("script", "img")


@each_form
def test_a_payload_in_every_answer_comes_out_as_text(forms: dict[str, Form], name: str) -> None:
    form = forms[name]
    answers = {
        field.name: [{c.name: PAYLOAD for c in field.columns}] if field.columns else PAYLOAD
        for field in form.fields
    }

    html = render(
        form, answers=answers, problems=form.check(answers), choices={"member": [(PAYLOAD, PAYLOAD)]}
    )

    assert "<script" not in html
    assert "<img" not in html
    chosen_only = all(field.choices or field.widget == "yesno" for field in form.fields)
    assert chosen_only or PAYLOAD in unescape(html)  # what is chosen from a list is not repeated
    assert not {"onerror", "hx-get"} & {key for item in page(html).all() for key in item.attributes}


def test_what_is_required_says_so_in_a_word() -> None:
    form = small_form({"must": question("名前"), "may": question("別名")}, required=["must"])

    drawn = page(render(form, answers={}))

    assert drawn.by_id("f-must-required").text == "※必須"
    assert drawn.by_id("f-must").attributes["aria-required"] == "true"
    assert drawn.by_id("f-may-required").text == ""


def test_a_wrong_answer_is_marked_explained_and_kept() -> None:
    form = small_form({"zip": question("郵便番号", type="string", format="zip")})
    answers = {"zip": "75000"}

    drawn = page(render(form, answers=answers, problems=form.check(answers)))
    box = drawn.by_id("f-zip")

    assert box.attributes["value"] == "75000"
    assert box.attributes["aria-invalid"] == "true"
    assert "f-zip-error" in box.attributes["aria-describedby"]
    assert drawn.by_id("f-zip-error").text == "エラー：「郵便番号」：郵便番号は7けたです。いま5けたです。"
    assert drawn.by_id("error-summary-title").text == "エラー：1か所を直してください"


def test_a_problem_of_one_ticked_box_stands_at_the_question(forms: dict[str, Form]) -> None:
    reply = forms["return_reply"]
    answers = reply.sample() | {"missing": ["consent", "address"]}

    drawn = page(render(reply, answers=answers, problems=reply.check(answers)))

    assert "一覧から選んでください" in drawn.by_id("f-missing-error").text


def test_a_problem_in_a_row_stands_in_its_cell(forms: dict[str, Form]) -> None:
    plan = forms["plan"]
    answers = plan.sample()
    del answers["lines"][1]["agency"]

    drawn = page(render(plan, answers=answers, problems=plan.check(answers)))

    assert drawn.all("a")[0].attributes["href"] == "#f-lines-1-agency"
    assert "担当する機関・人" in drawn.by_id("f-lines-1-agency-error").text


def test_a_date_shows_how_it_was_read(forms: dict[str, Form]) -> None:
    drawn = page(
        render(forms["referral_sheet"], answers={"birth_date": "1938-05-02"}, today=date(2026, 11, 24))
    )

    assert drawn.by_id("f-birth_date").attributes["value"] == "昭和13年5月2日"
    assert drawn.by_id("f-birth_date-reading").text == "昭和13年（1938年）5月2日（月）・88歳"


def test_unanswered_is_neither_yes_nor_no() -> None:
    form = small_form({"asked": question(type="boolean")})

    def chosen(answers: dict[str, Any]) -> list[str]:
        drawn = page(render(form, answers=answers))
        return [item.attributes["value"] for item in drawn.all("input") if "checked" in item.attributes]

    assert (chosen({}), chosen({"asked": True}), chosen({"asked": False})) == ([], ["true"], ["false"])


@pytest.mark.parametrize(("count", "tag"), [(6, "input"), (7, "select")])
def test_few_choices_are_radios_and_many_a_list(count: int, tag: str) -> None:
    form = small_form({"asked": question(enum=[f"c{number}" for number in range(count)])})

    assert page(render(form, answers={})).by_id("f-asked").tag == tag


def test_several_choices_are_boxes_to_tick() -> None:
    drawn = page(render(small_form({"asked": several("a", "b", "c")}), answers={"asked": ["b"]}))
    boxes = [item for item in drawn.all("input") if item.attributes["type"] == "checkbox"]

    assert [("checked" in box.attributes) for box in boxes] == [False, True, False]


def test_people_and_places_are_chosen_from_the_names_given_and_none_is_lost(forms: dict[str, Form]) -> None:
    choices = {"organisation": [("csw", "社会福祉協議会")]}

    drawn = page(render(forms["referral_sheet"], answers={"to_org": "gone"}, choices=choices))
    options = drawn.by_id("f-to_org").all("option")

    assert [(item.attributes["value"], item.text) for item in options] == [
        ("", "選んでください"), ("csw", "社会福祉協議会"), ("gone", "gone"),
    ]  # fmt: skip
    assert "selected" in options[2].attributes


def test_only_the_questions_that_apply_are_drawn(forms: dict[str, Form]) -> None:
    report = forms["detection_report"]

    quiet = page(render(report, answers={"imminent": False}))
    grave = page(render(report, answers={"imminent": True}))

    assert not [item for item in quiet.all() if item.attributes.get("id") == "f-called_119"]
    assert grave.by_id("part-imminent").by_id("f-called_119")


def test_an_answer_that_no_longer_applies_is_kept_unseen_and_listed(forms: dict[str, Form]) -> None:
    drawn = page(render(forms["detection_report"], answers={"imminent": False, "called_119": True}))
    unused = drawn.by_id("unused-detection_report")

    assert "119番か110番に電話しましたか: はい" in unused.text
    assert [item.attributes for item in unused.all("input")] == [
        {"type": "hidden", "name": "called_119", "value": "true"}
    ]


def test_rows_have_one_more_than_is_filled_until_the_list_is_full() -> None:
    form = small_form({"rows": ROWS})

    def count(rows: list[Any], shown: int = 0) -> int:
        return len(page(render(form, answers={"rows": rows}, rows={"rows": shown})).of_class("row"))

    assert [count([]), count([{"name": "a"}]), count([{"name": "a"}] * 3), count([], shown=2)] == [1, 2, 3, 2]


def test_the_enter_key_sends_and_the_other_buttons_only_draw_again(forms: dict[str, Form]) -> None:
    first, *others = page(render(forms["plan"], answers={})).all("button")

    assert first.attributes == {"type": "submit", "hidden": ""}
    assert [button.attributes["name"] for button in others] == ["_add", "_refresh"]
    assert all("formnovalidate" in button.attributes for button in others)


def test_a_question_that_decides_posts_to_the_live_url_and_others_do_not() -> None:
    form = small_form(
        {"asked": question(type="boolean"), "other": question()},
        **{"if": DECIDES, "then": {"properties": {"why": question()}}},
    )

    drawn = page(render(form, answers={}, live_url="/live/?a=1&b=2"))

    assert drawn.by_id("q-asked").attributes["hx-post"] == "/live/?a=1&b=2"
    assert drawn.by_id("q-asked").attributes["hx-vals"] == '{"_trigger": "asked"}'
    assert "hx-post" not in drawn.by_id("q-other").attributes
    assert "hx-post" not in page(render(form, answers={})).by_id("q-asked").attributes


def changed(form: Form, before: dict[str, Any], name: str, value: str) -> Element:
    """What the live URL answers when one question of a drawn form is changed."""
    posted = sent_back(render(form, answers=before, live_url="/live/"))
    return page(live_parts(form, posted | {"_trigger": [name], name: [value]}, live_url="/live/"))


def test_the_live_part_holds_what_appeared_and_says_so(forms: dict[str, Form]) -> None:
    before = {"imminent": False, "called_119": True, "anonymous": False}

    drawn = changed(forms["detection_report"], before, "imminent", "true")

    assert drawn.by_id("part-imminent").attributes["hx-swap-oob"] == "true"
    assert drawn.by_id("part-imminent").by_id("f-called_at")
    assert drawn.by_id("say").text == "質問が2つ増えました"
    assert not [item for item in drawn.all() if item.attributes.get("id") == "q-imminent"]


def test_the_live_part_empties_when_the_questions_go(forms: dict[str, Form]) -> None:
    drawn = changed(forms["detection_report"], {"imminent": True, "called_119": True}, "imminent", "false")

    assert not drawn.by_id("part-imminent").all("fieldset")
    assert drawn.by_id("say").text == "質問が2つ減りました"
    assert "119番か110番に電話しましたか" in drawn.by_id("unused-detection_report").text


def test_nothing_is_said_when_no_question_comes_or_goes(forms: dict[str, Form]) -> None:
    drawn = changed(forms["detection_report"], {"abuse_suspected": "elder"}, "abuse_suspected", "dv")

    assert drawn.by_id("part-abuse_suspected").by_id("q-abuse_types")
    assert not [item for item in drawn.all() if item.attributes.get("id") == "say"]


def test_a_mark_outside_the_part_changes_without_touching_its_control(forms: dict[str, Form]) -> None:
    drawn = page(live_parts(forms["hold"], {"_trigger": ["reason"], "reason": ["other"]}))

    assert drawn.by_id("f-detail-required").text == "※必須"
    assert not drawn.all("textarea", "select")


@each_form
def test_a_live_post_of_anything_is_answered(forms: dict[str, Form], name: str) -> None:
    form = forms[name]
    for trigger in [field.name for field in form.fields] + ["", "nothing", PAYLOAD]:
        assert "<script" not in live_parts(form, {"_trigger": [trigger], "_shown-imminent": ["x"]})


def test_english_is_complete() -> None:
    with translation.override("ja"):  # the page's own language does not matter
        html = "".join(render(form, answers={"nothing": 1}, lang="en") for form in shipped().values())

    assert re.findall("[ぁ-んァ-ヶ一-龯]+", html) == []


def test_prefixes_keep_two_forms_on_one_page_apart(forms: dict[str, Form]) -> None:
    one = render(forms["note"], answers={}, prefix="one-")
    two = render(forms["note"], answers={}, prefix="two-")

    ids = [item.attributes["id"] for item in page(one + two).all() if "id" in item.attributes]

    assert len(ids) == len(set(ids))
