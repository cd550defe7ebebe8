"""A caseload moved: one step for each case, each once, and what cannot be moved stays and is named."""

from uuid import UUID

import pytest

from backend.cases import effects, handover
from backend.cases.models import Case, Notice, Step
from backend.demo.cast import member_id
from backend.figures.models import Tally
from tests.cases.conftest import answers, do

pytestmark = pytest.mark.django_db
FROM, TO = str(member_id("caseworker")), str(member_id("supervisor"))
ADDRESS = f"/board/move/{FROM}/"


@pytest.fixture
def caseload(report):
    """Three cases of the caseworker: assigned, waiting for consent, on hold."""
    made = []
    for _number in range(3):
        step = do(report(), "triage", answers("triage", urgency="C"))
        made.append(do(step, "assign", answers("assign", assigned_to=FROM)))
    made[2] = do(made[2], "hold", answers("hold"))
    return made


def wanted(caseload, key="a-key-of-a-move", **changed):
    given = {"_key": key, "why": "leave", "handover": "木曜は留守です。"}
    for done in caseload:
        given |= {f"to-{done.case}": TO, f"seen-{done.case}": str(done.revision)}
    return given | changed


def states():
    return dict(Case.objects.values_list("id", "state"))


def test_every_case_goes_by_a_step_of_its_own_and_stays_where_it_was(browser, caseload):
    before = states()
    page = browser("supervisor").post(ADDRESS, wanted(caseload)).content.decode()

    assert "3件を移しました" in page
    assert Step.objects.filter(action="pass_on").count() == 3
    assert set(Case.objects.values_list("assignee", flat=True)) == {UUID(TO)}
    assert states() == before
    assert Tally.objects.get(kind="worker", key=TO).open == 3


def test_pressed_twice_each_case_moves_once(browser, caseload):
    client = browser("supervisor")
    client.post(ADDRESS, wanted(caseload))
    again = client.post(ADDRESS, wanted(caseload)).content.decode()

    assert "3件を移しました" in again
    assert Step.objects.filter(action="pass_on").count() == 3


def test_a_case_somebody_changed_meanwhile_is_left_and_named_and_the_others_move(browser, caseload):
    do(caseload[0], "note", answers("note"))
    page = browser("supervisor").post(ADDRESS, wanted(caseload)).content.decode()

    assert "2件を移しました" in page
    assert "そのあいだに、だれかがこのケースを進めました" in page
    assert Case.objects.get(pk=caseload[0].case).assignee_id == UUID(FROM)


def test_whoever_gets_a_case_is_told(browser, caseload):
    browser("supervisor").post(ADDRESS, wanted(caseload[:1]))
    effects.run_due()

    assert Notice.objects.filter(member=TO, case=caseload[0].case, stage="pass_on").count() == 1


@pytest.mark.parametrize("missing", ["why", "to"])
def test_without_a_reason_or_a_case_nothing_moves_and_the_plan_stays(browser, caseload, missing):
    given = wanted(caseload) if missing == "why" else {"_key": "a-key-of-a-move", "why": "leave"}
    answer = browser("supervisor").post(ADDRESS, given | ({"why": ""} if missing == "why" else {}))

    assert answer.status_code == 422
    assert not Step.objects.filter(action="pass_on").exists()
    assert "エラー" in answer.content.decode()


def test_the_plan_shows_what_to_look_at_and_shares_out_to_whoever_has_the_fewest(browser, caseload):
    page = browser("supervisor").get(f"{ADDRESS}?to={TO}").content.decode()

    assert "期限のある約束 3件" in page
    assert page.count(f'<option value="{TO}" selected>') == 3


def test_cases_are_shared_out_evenly():
    cases = [Case(number=str(number)) for number in range(5)]
    one, other = UUID(int=1), UUID(int=2)
    found = handover.shared_out(cases, [one, other], {one: 3, other: 1})

    assert list(found.values()) == [other, other, one, other, one]


def test_only_whoever_leads_the_section_moves_cases(browser, caseload):
    assert browser("caseworker").post(ADDRESS, wanted(caseload)).status_code == 403
    assert not Step.objects.filter(action="pass_on").exists()


def test_a_single_case_is_not_offered_the_step_of_many(browser, caseload):
    page = browser("supervisor").get(f"/cases/{caseload[0].case}/").content.decode()

    assert "/do/pass_on/" not in page


def test_whoever_was_given_a_case_reads_what_to_know_until_something_is_done(browser, caseload):
    words, client = "木曜は留守です。", browser("caseworker")
    url = f"/cases/{caseload[0].case}/"
    given = answers("assign", assigned_to=FROM, handover=words)
    done = do(caseload[0], "assign", given, by="supervisor")
    effects.run_due()

    told = client.get("/notices/").content.decode()
    page = client.get(url).content.decode()
    assert "あなたの担当になりました。" in told
    assert words in page.partition('id="next"')[0]
    assert "あなたの担当になりました。" not in browser("supervisor").get(url).content.decode()

    do(done, "note", answers("note"))
    assert "あなたの担当になりました。" not in client.get(url).content.decode()
