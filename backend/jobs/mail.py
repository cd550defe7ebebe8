"""Mail is a hint that something waits in the office: a link, no name, nothing of the case.

An interrupted mail is not repeated blindly; the notice stays visible and the next digest counts it.
"""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _

from backend.cases.effects import Hopeless, NotSent, handler
from backend.cases.failing import Code
from backend.cases.models import Effect
from backend.people.models import Member

TIMEOUT_SECONDS = 20


@handler("mail", mode="sends")
def mail_hint(effect: Effect) -> None:
    """Mail the member a link to the case. Raises `NotSent` (tried again), `Hopeless` (refused)."""
    member = Member.objects.select_related("user").get(id=effect.target)
    if not member.email:
        return
    with translation.override(language_of(member)):
        subject = _("Tsunagu: there is news for you")
        body = _("Please sign in and read it here:\n%(link)s\n") % {"link": link(f"/cases/{effect.case_id}/")}
    send(member.email, subject, body, f"effect-{effect.id}")


def language_of(member: Member) -> str:
    """The language a member reads: that of their account, else the office's."""
    return member.user.language if member.user else settings.LANGUAGE_CODE


def link(path: str) -> str:
    """The address of a page as it stands in mails and letters."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def send(address: str, subject: str, body: str, name: str) -> None:
    """Send one mail under a fixed Message-ID made from `name`.

    Raises `NotSent` when certainly nothing left, `Hopeless` when the server refused it for good; any other
    error means nobody can tell.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    identity = f"<{name}.{settings.INSTALLATION}@{domain}>"
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail server does not answer: {type(error).__name__}", Code.MAIL_AWAY) from error
    message = EmailMessage(
        subject, body, to=[address], headers={"Message-ID": identity}, connection=connection
    )
    try:
        message.send()
    except smtplib.SMTPException as error:
        _refused(error)
        raise
    finally:
        connection.close()


def _refused(error: smtplib.SMTPException) -> None:
    """Raise what the server's answer means; an answer is certain, a broken connection is not."""
    codes: list[int] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    if codes and all(400 <= code < 500 for code in codes):
        said = f"the mail server asks to try later ({codes[0]})"
        raise NotSent(said, Code.MAIL_LATER, answer=str(codes[0])) from error
    if codes and all(code >= 500 for code in codes):
        said = f"the mail server refuses it ({codes[0]})"
        raise Hopeless(said, Code.MAIL_REFUSED, answer=str(codes[0])) from error
