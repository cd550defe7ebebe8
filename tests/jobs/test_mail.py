import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from backend.cases import effects
from backend.cases.effects import Outcome
from tests.operations import office

pytestmark = pytest.mark.django_db


def mail_effect(**values):
    return office.effect("mail", str(office.member("caseworker", **values).id))


def sending_raises(monkeypatch, error):
    def refuse(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_a_mail_holds_a_link_and_nothing_of_the_case():
    effect = mail_effect(email="naoko@uminari.example")

    assert effects.run_due() == {Outcome.DONE: 1}

    [sent] = mail.outbox
    assert sent.to == ["naoko@uminari.example"]
    assert f"/cases/{effect.case_id}/" in sent.body
    assert effect.case.number not in sent.subject + sent.body


def test_a_mail_has_the_same_message_id_however_often_it_is_tried(monkeypatch):
    effect = mail_effect()
    effects.run_due()

    assert mail.outbox[0].message()["Message-ID"] == f"<effect-{effect.id}.uminari@uminari.example>"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), Outcome.DEAD),
        (smtplib.SMTPRecipientsRefused({"a": (451, b"later")}), Outcome.LATER),
        (smtplib.SMTPServerDisconnected("gone"), Outcome.UNCLEAR),
        (TimeoutError(), Outcome.UNCLEAR),
    ],
)
def test_what_the_mail_server_says_decides_whether_it_is_tried_again(monkeypatch, error, outcome):
    sending_raises(monkeypatch, error)
    effect = mail_effect()

    assert effects.run_due() == {outcome: 1}

    effect.refresh_from_db()
    assert "no such user" not in effect.last_error


def test_a_mail_server_that_is_away_is_asked_again_later(monkeypatch):
    def refused(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", refused)
    mail_effect()

    assert effects.run_due() == {Outcome.LATER: 1}
