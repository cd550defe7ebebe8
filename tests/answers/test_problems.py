"""Every problem says in plain words what to do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.form import Form
from backend.answers.problems import Problem
from backend.definitions.canonical import canonical
from tests.answers.conftest import question, several, shipped, small_form
from tests.answers.strategies import JSON, anything_like_answers, few

ROWS = question(
    "世帯",
    type="array",
    maxItems=2,
    items={
        "type": "object",
        "required": ["name"],
        "unevaluatedProperties": False,
        "properties": {
            "name": question("氏名"),
            "age": question("年齢", type="integer", minimum=0, maximum=130),
        },
    },
)


def told(field: dict[str, Any], value: Any) -> str:
    (problem,) = small_form({"asked": field}).check({"asked": value})
    return problem.ja


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (question("名前"), "", None),
        (question("名前", minLength=1), "", "「名前」を書いてください。"),
        (question("名前"), "あ" * 51, "「名前」は50字までです。いま51字です。"),
        (
            question("理由", minLength=10),
            "短い",
            "「理由」をもう少しくわしく、10字以上で書いてください。いま2字です。",
        ),
        (question("名前"), 5, "「名前」を文字で書いてください。"),
        (
            question("名前"),
            "a\x00b",
            "「名前」に目に見えない文字が入っています。消して書きなおしてください。",
        ),
        (
            question("名前"),
            "\u202egnp.exe",
            "「名前」に目に見えない文字が入っています。消して書きなおしてください。",
        ),
        (
            question("名前"),
            "\ud800",
            "「名前」に目に見えない文字が入っています。消して書きなおしてください。",
        ),
        (question("色", enum=["red"]), "blue", "「色」を一覧から選んでください。"),
        (several("a", "b"), ["a", "a"], "「質問」に同じものが2つあります。1つにしてください。"),
        (several("a", "b", minItems=1), [], "「質問」を1つ以上選んでください。"),
        (several("a", "b", minItems=2), ["a"], "「質問」は2件以上です。いま1件です。"),
        (question("分", type="integer", minimum=0, maximum=60), 61, "「分」は60までです。いま61です。"),
        (question("分", type="integer", minimum=0, maximum=60), -1, "「分」は0からです。いま-1です。"),
        (
            question("分", type="integer", minimum=0, maximum=60),
            "半時間",
            "「分」を数字で書いてください。例：30",
        ),
        (question("分", type="integer", minimum=0, maximum=60), 1.0, "「分」を数字で書いてください。例：30"),
        (question("可否", type="boolean"), "多分", "「可否」は「はい」か「いいえ」を選んでください。"),
        (question("可否", type="boolean", const=True), False, "「可否」は「はい」が必要です。"),
        (
            question("〒", type="string", format="zip"),
            "75000",
            "「〒」：郵便番号は7けたです。いま5けたです。",
        ),
        (
            question("〒", type="string", format="zip"),
            "不明",
            "「〒」は 750-0001 のように数字7けたで書いてください。",
        ),
        (
            question("電話", type="string", format="phone", maxLength=20),
            "119",
            "「電話」は市外局番から書いてください。例：083-200-0101",
        ),
        (
            question("読み", type="string", format="kana", maxLength=20),
            "髙田",
            "「読み」はひらがなかカタカナで書いてください。",
        ),
        (
            question("宛先", type="string", format="email", maxLength=50),
            "hana",
            "「宛先」は name@example.jp のように書いてください。",
        ),
        (
            question("日", type="string", format="date"),
            "2026-02-30",
            "「日」：2026年2月は28日までです。いま30日です。",
        ),
        (
            question("日", type="string", format="date"),
            "令和8年2月1日",
            "「日」：日付は 2026-11-24 の形で送ってください。",
        ),
        (
            question("日", type="string", format="date"),
            "1867-01-01",
            "「日」：日付は1868年から2100年までで書いてください。",
        ),
        (question("時", type="string", format="clock"), "25:00", "「時」：時刻は 0:00 から 23:59 までです。"),
        (
            question("時", type="string", format="clock"),
            "9:42",
            "「時」：時刻は 09:42 の形で送ってください。",
        ),
        (question("人", type="string", format="uuid"), "佐藤", "「人」を一覧から選んでください。"),
        (ROWS, [{"age": 5}], "「世帯 1行目 氏名」を書いてください。"),
        (
            ROWS,
            [{"name": "花"}, {"name": "実", "age": 200}],
            "「世帯 2行目 年齢」は130までです。いま200です。",
        ),
        (ROWS, [{"name": "花"}] * 3, "「世帯」は2件までです。いま3件です。"),
        (ROWS, [{"name": "花", "sex": "f"}], "「sex」はこの用紙にない項目です。消してください。"),
        (ROWS, ["花"], "「世帯 1行目」を1行ずつ書いてください。"),
    ],
)
def test_each_kind_of_problem_has_its_sentence(
    field: dict[str, Any], value: Any, sentence: str | None
) -> None:
    if sentence is None:
        assert small_form({"asked": field}).check({"asked": value}) == []
    else:
        assert told(field, value) == sentence


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (question("名前"), "「名前」を書いてください。"),
        (question("色", enum=["red"]), "「色」を選んでください。"),
        (question("会えましたか", enum=["yes"]), "「会えましたか」に答えてください。"),
        (question("危険", type="boolean"), "「危険」に答えてください。"),
        (several("a"), "「質問」を1つ以上選んでください。"),
        (question("日", type="string", format="date"), "「日」を入れてください。例：令和8年11月24日"),
        (
            question("生年月日", type="string", format="date", **{"x-prefill": "person.birth_date"}),
            "「生年月日」を入れてください。例：昭和13年5月2日",
        ),
        (ROWS, "「世帯」を1行以上書いてください。"),
    ],
)
def test_a_missing_answer_is_asked_for_as_one_gives_it(field: dict[str, Any], sentence: str) -> None:
    form = small_form({"asked": field}, required=["asked"])

    assert form.check({}) == [Problem(("asked",), "required", sentence, form.check({})[0].en)]


def test_all_problems_come_at_once_in_the_order_of_the_questions(forms: dict[str, Form]) -> None:
    problems = forms["triage"].check({"urgency": "Z", "imminent": "maybe"})

    assert [problem.field for problem in problems] == [
        "imminent", "subject_known", "abuse_suspected", "urgency", "reason",
    ]  # fmt: skip


def test_an_answer_fixed_by_another_says_which_and_why(forms: dict[str, Form]) -> None:
    basis = forms["statutory_basis"]
    answers = basis.sample() | {"recurring": True}

    (problem,) = basis.check(answers)

    assert problem.ja.startswith(
        "「くりかえし知らせますか」は「いいえ」が必要です。69条2項は一度きりの提供です。"
    )


def test_a_question_that_does_not_apply_is_named_as_such(forms: dict[str, Form]) -> None:
    (problem,) = forms["hold"].check({"reason": "away", "until": "2026-12-18", "why": "x"})
    (moot,) = forms["entered_in_error"].check(
        {"reason": "practice", "detail": "研修", "correct_case": "R8-1"}
    )

    assert (problem.path, problem.code) == (("why",), "unknown")
    assert (moot.path, moot.code) == (("correct_case",), "not_asked")


@pytest.mark.parametrize("answers", [None, [], "text", 1, True, [{}]])
def test_answers_that_are_no_object_are_refused_as_a_whole(forms: dict[str, Form], answers: Any) -> None:
    (problem,) = forms["note"].check(answers)

    assert (problem.path, problem.code) == ((), "not_answers")


def test_what_has_no_canonical_form_is_refused(forms: dict[str, Form]) -> None:
    bottomless: list[Any] = []
    for _ in range(5000):
        bottomless = [bottomless]

    for value in (bottomless, "\ud800", object(), float("nan"), {1: 2}, b"x"):
        assert [problem.path for problem in forms["note"].check({"body": value})] == [("body",)]
    assert [problem.path for problem in forms["note"].check({"body": "x", "\ud800": 1})] == [("?",)]


@pytest.mark.parametrize("name", sorted(shipped()))
@few
@given(data=st.data())
def test_check_is_total_and_what_it_accepts_can_be_stored(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    answers = data.draw(anything_like_answers(form) | JSON)

    problems = form.check(answers)

    assert problems or form.validator.is_valid(answers)
    if not problems:
        assert canonical(answers)
