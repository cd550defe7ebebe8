"""決まりを見る: what the pages say about who may is what the policies decide."""

from copy import deepcopy

import pytest

from backend import access
from backend.access.reading import heading
from backend.cases import pinned
from backend.catalogue import loading
from backend.catalogue.differing import Difference, differences
from backend.catalogue.permitting import MODEL, who_may
from backend.definitions import store
from backend.definitions.source import find
from backend.workflow import draw

pytestmark = pytest.mark.django_db


def referral():
    return loading.use().workflows["referral"]


def may(state, action):
    flow = referral()
    return {one.role: one for one in who_may(flow, flow.states[state], flow.actions[action])}


def test_who_may_close_is_computed_with_the_policy_that_says_so():
    found = may("supporting", "close")

    assert (found["caseworker"].relation, found["caseworker"].rules) == ("in_charge", ("assignee-close",))
    assert (found["supervisor"].relation, found["supervisor"].rules) == ("anybody", ("supervisor-close",))
    assert "welfare_volunteer" not in found


def test_the_receiving_agency_answers_only_what_was_referred_to_it():
    assert may("referred", "accept")["agency_staff"].relation == "received"


def test_what_the_page_says_about_a_state_is_what_a_decision_says(browser, cast_of_tables):
    flow = referral()
    page = browser("caseworker").get("/rules/workflow/referral/?state=supporting").content.decode()

    for action in flow.leaving("supporting"):
        for one in who_may(flow, flow.states["supporting"], action):
            assert all(f'/rules/policy/{rule}/"' in page for rule in one.rules)


@pytest.fixture
def cast_of_tables(cast):
    from backend.access.decisions import cast as fixed

    assert MODEL in fixed().things


def test_every_state_form_and_policy_has_a_page(browser, db):
    client = browser("caseworker")
    addresses = [f"/rules/workflow/{name}/" for name in loading.use().workflows]
    addresses += [f"/rules/form/{name}/" for name in sorted(loading.use().forms)[::9]]
    addresses += [f"/rules/letter/{name}/" for name in loading.use().letters]
    addresses += [f"/rules/policy/{policy.id}/" for policy in access.current().every[::20]]

    assert {client.get(address).status_code for address in ["/rules/", *addresses]} == {200}


@pytest.mark.parametrize("address", ["workflow/none/", "form/none/", "policy/none/", "form/note/since/0/"])
def test_what_is_not_there_is_not_found(browser, address):
    assert browser("caseworker").get(f"/rules/{address}").status_code == 404


def test_a_policy_is_told_with_its_sentence_its_article_and_what_it_was_tried_with(browser):
    page = browser("caseworker").get("/rules/policy/assignee-close/").content.decode()

    assert "担当者なので、終結できます。" in page
    assert "事務分掌規則（終結）" in page
    assert '<th scope="row" lang="ja">' in page


def test_a_form_is_seen_as_asked_and_as_printed(browser):
    client = browser("caseworker")

    assert "緊急度" in client.get("/rules/form/triage/").content.decode()
    assert client.get("/rules/form/triage/paper.pdf").content.startswith(b"%PDF-")


def test_versions_say_how_many_open_cases_go_by_them_and_what_changed(browser, triaged):
    content = referral().to_content()
    content["states"] = [row for row in content["states"] if row["name"] != "watching"]
    old = pinned.newest("workflow", "referral")
    store.publish("workflow", "referral", content)

    page = browser("supervisor").get("/rules/workflow/referral/").content.decode()
    changed = browser("supervisor").get(f"/rules/workflow/referral/since/{old}/").content.decode()

    assert "進行中1件" in page
    assert old[:12] in page
    assert f"{referral().states['watching'].title.ja} " in changed
    assert "廃止" in changed


@pytest.mark.parametrize(
    ("kind", "name", "change", "words"),
    [
        ("form", "triage", lambda c: c["properties"]["urgency"].update({"x-help": "はやさ"}), "添えた説明"),
        ("workflow", "referral", lambda c: c["states"][0].update(due={"days": 9}), "期限"),
        ("letter", "visit_notice", lambda c: c["declaration"].update(pages=1), "体裁"),
    ],
)
def test_what_changed_is_told_in_words_for_every_kind(browser, triaged, kind, name, change, words):
    old = pinned.newest(kind, name)
    content = deepcopy(store.load(kind, old))
    change(content)
    store.publish(kind, name, content)

    page = browser("supervisor").get(f"/rules/{kind}/{name}/since/{old}/").content.decode()

    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert f"<td>変更</td><td>{words}</td>" in table or f"{words} <span" in table


def test_differences_name_what_is_new_gone_and_changed():
    old = {"states": [{"name": "a", "due": 1}, {"name": "b"}], "title": "x"}
    new = {"states": [{"name": "a", "due": 2}, {"name": "c"}], "title": "x"}

    assert differences(old, new) == [
        Difference("removed", "states", "b"),
        Difference("changed", "states", "a", ("due",)),
        Difference("added", "states", "c"),
    ]
    assert differences(old, old) == []


def test_a_state_is_drawn_in_few_queries(browser, triaged, django_assert_max_num_queries):
    client = browser("caseworker")
    client.get("/rules/workflow/referral/")
    with django_assert_max_num_queries(8):
        client.get("/rules/workflow/referral/?state=supporting")


def test_a_letter_says_when_it_goes_out_and_shows_its_sample(browser, db):
    client = browser("caseworker")
    page = client.get("/rules/letter/visit_notice/").content.decode()

    assert "御訪問のお知らせ" in page
    assert "訪問を本人に知らせる" in page
    assert client.get("/rules/letter/visit_notice/sample.pdf").content.startswith(b"%PDF")
    assert client.get("/rules/letter/no_such/").status_code == 404


def test_every_file_of_policies_is_named_in_both_languages(browser, db):
    for source in find("policy"):
        assert set(heading(source.path)) == {"ja", "en"}, source.name

    assert "職員ができること" in browser("caseworker").get("/rules/").content.decode()


def test_a_rule_tells_its_duties_and_decisions_in_words(browser, cast):
    page = browser("caseworker").get("/rules/policy/exceptional-inside-the-city/").content.decode()
    told = page.partition("<details>")[0]

    assert "理由を書いて残します。" in told
    assert "<td>承認が必要です</td>" in told
    assert "keep_reason" not in told
    assert "approval</td>" not in told


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_title_of_every_state_fits_into_its_box_in_the_drawing(lang):
    for flow in loading.use().workflows.values():
        for state in flow.states:
            assert "…" not in draw.svg(flow, lang, current=state), (flow.name, state)
