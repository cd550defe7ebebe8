"""Two people answer the same form at once: nothing is overwritten, and what differs is chosen."""

import re
from html import unescape

import pytest

from backend.cases.models import Case, Step
from backend.cases.reading import latest
from backend.demo.cast import member_id
from backend.pages.models import Draft
from tests.pages.conftest import answers, do, post_of

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def url(done, tail=""):
    return f"/cases/{done.case}/{tail}"


def hidden(page):
    """The hidden fields and the chosen radios of the form, as a browser would send them."""
    found = dict(re.findall(r'<input type="hidden" name="(_[\w-]+)" value="([^"]*)"', text(page)))
    return found | dict(re.findall(r'name="(_pick-\w+)" value="(\w+)"[^>]* checked', text(page)))


@pytest.fixture
def crossed(browser, detected):
    """The supervisor triaged while the caseworker was still typing another urgency and another reason."""
    do(detected, "triage", answers("triage", urgency="C", reason="電話で確かめた"), by="supervisor")
    client = browser("caseworker")
    mine = post_of(answers("triage", urgency="B", reason="玄関で会った"), revision=1)
    return client, mine, client.post(url(detected, "do/triage/"), mine)


def test_what_differs_stands_in_three_columns_with_ones_own_chosen(crossed, detected):
    _client, _mine, page = crossed

    assert page.status_code == 409
    assert "山本 誠さんが先に記録しました" in text(page)
    assert re.findall(r'scope="col"[^>]*>([^<]+)<', text(page)) == [
        "質問",
        "あなた",
        "山本 誠",
        "保存される内容",
    ]
    assert re.findall(r'id="differs-(\w+)"', text(page)) == ["urgency", "reason"]
    assert hidden(page)["_pick-reason"] == "yours"
    assert Step.objects.filter(case=detected.case).count() == 2


def test_what_was_chosen_corrects_the_step_that_was_first_and_both_stay(crossed, detected):
    client, mine, page = crossed

    target = re.search(r'<form method="post" class="form"[^>]* action="([^"]+)"', text(page))[1]
    client.post(target, mine | hidden(page) | {"_pick-urgency": "theirs"})

    assert target == url(detected, "do/correct/")
    step = Step.objects.get(case=detected.case, seq=3)
    assert (step.action, step.corrects) == ("correct", 2)
    case = Case.objects.get(pk=detected.case)
    assert latest(case, "triage")["reason"] == "玄関で会った"
    assert case.urgency == "C"
    assert not Draft.objects.exists()


def test_an_action_that_can_be_done_again_is_done_again_as_chosen(browser, triaged):
    first, second = (str(member_id(name)) for name in ("caseworker", "supervisor"))
    do(triaged, "assign", {"assigned_to": first, "reason": "area"}, by="supervisor")
    client = browser("caseworker")
    mine = post_of({"assigned_to": second, "reason": "workload"}, revision=triaged.revision)

    page = client.post(url(triaged, "do/assign/"), mine)
    client.post(url(triaged, "do/assign/"), mine | hidden(page) | {"_pick-reason": "theirs"})

    assert "この手続きはすでに済んでいるため" not in text(page)
    case = Case.objects.get(pk=triaged.case)
    assert str(case.assignee_id) == second
    assert latest(case, "assign")["reason"] == "area"


def test_notes_stand_beside_each_other_and_ask_nothing(browser, detected):
    do(detected, "note", answers("note", body="先の話"), by="supervisor")

    page = browser("caseworker").post(
        url(detected, "do/note/"), post_of(answers("note", body="あとの話"), revision=1)
    )

    assert page.status_code == 409
    assert "保存される内容" not in text(page)
    assert "あとの話" in text(page)


def test_a_step_of_another_form_lends_no_answer(browser, triaged):
    given = post_of(answers("note", body="私の話"), revision=triaged.revision)

    browser("caseworker").post(url(triaged, "do/note/"), given | {"_theirs": "2", "_pick-body": "theirs"})

    assert latest(Case.objects.get(pk=triaged.case), "note")["body"] == "私の話"


def test_both_having_said_the_same_is_told(browser, detected):
    do(detected, "triage", answers("triage", urgency="C"), by="supervisor")

    page = browser("caseworker").post(
        url(detected, "do/triage/"), post_of(answers("triage", urgency="C"), revision=1)
    )

    assert "お二人の答えは同じでした。" in text(page)
