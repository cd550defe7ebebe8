"""Who signs a letter, by the office's rule and on the day."""

from datetime import date

import pytest

from backend.definitions.findings import errors
from backend.letters import house, issue, signing
from backend.letters.models import IssuedLetter
from backend.letters.signing import Acting, Rule, signed
from tests.letters.conftest import order

HEAD, MAYOR = ("海鳴市福祉部福祉課長", "山本　誠"), ("海鳴市長", "西村　明")
RULES = (Rule(frozenset({"grant_decision"}), MAYOR),)
FIRST, LAST = date(2026, 12, 28), date(2027, 1, 8)
IN_THE_NAME = Acting("海鳴市福祉部福祉課長", FIRST, LAST, "代決", ("福祉課課長補佐", "佐々木　健"))
DEPUTY = Acting("海鳴市長", FIRST, LAST, "職務代理者", ("海鳴市長職務代理者", "海鳴市副市長　中村　修"))


def test_the_rule_gives_a_letter_to_another_signer():
    assert signed(HEAD, RULES, (), "grant_decision", FIRST).lines == MAYOR
    assert signed(HEAD, RULES, (), "visit_notice", FIRST).lines == HEAD


def test_a_decision_in_the_name_of_who_is_away_leaves_the_sender_and_names_who_decided():
    found = signed(HEAD, RULES, (IN_THE_NAME,), "visit_notice", FIRST)

    assert found == signing.Signed(HEAD, "代決　福祉課課長補佐　佐々木　健")


def test_who_holds_the_office_is_printed():
    assert signed(HEAD, RULES, (DEPUTY,), "grant_decision", LAST).lines == DEPUTY.issuer


@pytest.mark.parametrize("day", [date(2026, 12, 27), date(2027, 1, 9)])
def test_the_day_before_and_the_day_after_the_office_holder_signs(day):
    assert signed(HEAD, RULES, (DEPUTY,), "grant_decision", day) == signing.Signed(MAYOR)


def test_who_acts_for_the_mayor_does_not_sign_for_the_head_of_section():
    assert signed(HEAD, RULES, (DEPUTY,), "visit_notice", FIRST) == signing.Signed(HEAD)


@pytest.mark.django_db
def test_the_record_of_a_letter_names_who_decided(case_id, monkeypatch):
    asked = order(case_id)
    sender = house.current().senders["city-welfare"]
    acting = Acting(
        "海鳴市福祉部福祉課長", date(2026, 1, 1), date(2026, 12, 31), "代決", ("補佐", "佐々木　健")
    )
    changed = house.Sender(sender.symbol, sender.issuer, sender.answers_to, sender.section, (), (acting,))
    monkeypatch.setitem(dict_of_senders(), "city-welfare", changed)

    letter = issue.issue(asked)

    assert [event.reason for event in letter.events.all()] == ["代決　補佐　佐々木　健"]
    assert IssuedLetter.objects.filter(pk=letter.id, state="issued").exists()


def dict_of_senders():
    senders = house.current().senders
    assert isinstance(senders, dict)
    return senders


SENDER = "senders: {{a: {{symbol: 福, issuer: [課長, 山本], answers_to: 市長, section: 係, {more}}}}}"
ACTS = 'acting: [{{for: {who}, from: "{first}", until: "{last}", as: {how}, issuer: [補佐]}}]'


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("signs: [{letters: [b], issuer: [x]}, {letters: [b], issuer: [y]}]", "'b' is signed by two"),
        (
            ACTS.format(who="部長", first="2026-12-28", last="2027-01-08", how="代決"),
            "holds the office '部長'",
        ),
        (ACTS.format(who="課長", first="2026-12-28", last="2026-12-27", how="代決"), "ends before it begins"),
        (
            ACTS.format(who="課長", first="2026-02-30", last="2026-12-27", how="代決"),
            "no day of the calendar",
        ),
        (
            ACTS.format(who="課長", first="2026-12-28", last="2027-01-08", how="事務取扱"),
            "does not say 事務取扱",
        ),
        (ACTS.format(who="課長", first="2026-12-28", last="2027-01-08", how="代理"), "職務代理者"),
    ],
)
def test_wrong_rules_of_signing_are_found(tmp_path, more, message):
    own = tmp_path / "senders.yaml"
    own.write_text(SENDER.format(more=more), encoding="utf-8")

    found, findings = house.load_house({**house.files(), "senders": own})

    assert found is None
    assert any(message in str(one) for one in errors(findings)), findings


def test_two_who_act_on_one_day_are_found(tmp_path):
    one = '{for: 課長, from: "2026-12-28", until: "2027-01-08", as: 代決, issuer: [補佐]}'
    own = tmp_path / "senders.yaml"
    own.write_text(SENDER.format(more=f"acting: [{one}, {one}]"), encoding="utf-8")

    _none, findings = house.load_house({**house.files(), "senders": own})

    assert any("two act for '課長' on 2026-12-28" in str(found) for found in findings), findings
