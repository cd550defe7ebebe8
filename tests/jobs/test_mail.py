import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from backend.cases import effects
from backend.cases.effects import Outcome
from backend.config.processes import free_port
from tests.jobs.post import Post
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


@pytest.fixture
def post(settings):
    """A real mail server, and a worker's settings that lead to it."""
    made = Post()
    made.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
    yield made
    made.controller.stop()


def test_a_real_server_gets_one_mail_with_a_link_and_a_fixed_id(post):
    effect = mail_effect(email="naoko@uminari.example", name="佐藤 直子")

    assert effects.run_due() == {Outcome.DONE: 1}

    [message] = post.took
    text = message.get_content()
    assert post.to == ["naoko@uminari.example"]
    assert message["Message-ID"] == f"<effect-{effect.id}.uminari@uminari.example>"
    assert f"/cases/{effect.case_id}/" in text
    for secret in (effect.case.number, "佐藤", "直子"):
        assert secret not in message["Subject"] + text


@pytest.mark.parametrize(
    ("says", "outcome", "error"),
    [
        ("550 no such user", Outcome.DEAD, "the mail server refuses it (550)"),
        ("451 try later", Outcome.LATER, "the mail server asks to try later (451)"),
    ],
)
def test_what_a_real_server_answers_decides_what_becomes_of_the_mail(post, says, outcome, error):
    post.says = says
    effect = mail_effect()

    assert effects.run_due() == {outcome: 1}

    effect.refresh_from_db()
    assert (effect.last_error, post.took) == (error, [])


def test_a_server_that_hangs_up_after_taking_a_mail_leaves_it_unclear_and_gets_it_once(post):
    post.hangs_up = True
    effect = mail_effect()

    assert effects.run_due() == {Outcome.UNCLEAR: 1}
    assert effects.run_due() == {}

    effect.refresh_from_db()
    assert (effect.state, len(post.took)) == ("unclear", 1)


def test_a_real_server_that_is_away_is_asked_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port("127.0.0.1", 20125)
    effect = mail_effect()

    assert effects.run_due() == {Outcome.LATER: 1}

    effect.refresh_from_db()
    assert effect.state == "ready"
