"""Obligations of a ruling in words, for whoever asks, approves or receives."""

from collections.abc import Iterable

from backend.answers.text import Text
from backend.cases.reading import latest
from backend.sharing.disclosures.models import Package

_DECISION = "disclosure_decision"

# What the recipient promises, whatever was ruled.
ALWAYS = ("in_purpose_only", "no_onward", "no_copies", "report_loss")
_RECIPIENT = {
    "in_purpose_only": Text("提供の目的のほかには使わないこと。", "Use it for this purpose only."),
    "no_onward": Text("ほかの人や機関に渡さないこと。", "Do not pass it on to anybody."),
    "no_copies": Text("複写・複製をしないこと。", "Make no copies."),
    "report_loss": Text("なくしたときは、すぐに知らせること。", "Tell us at once if it is lost."),
    "watermark": Text("読んだ人の名前が、すべてのページに入ること。", "Every page bears the reader's name."),
    "expiry_date": Text("期限の日を過ぎたら使わないこと。", "Do not use it after its last day."),
    "return_by": Text("書面は、期限の日までに返すこと。", "Return the paper by its date."),
    "collect_after_meeting": Text("会議のあと、資料を返すこと。", "Papers are collected after the meeting."),
    "protect_reporter": Text(
        "知らせた人が分かることを話さないこと。", "Say nothing that shows who reported it."
    ),
    "pledge": Text("誓約書を出すこと。", "Sign the pledge."),
    "receipt": Text("受領書を出すこと。", "Sign the receipt."),
}
_OFFICE = {
    "record_disclosure": Text("だれに何を知らせたかを記録します。", "It is recorded who was told what."),
    "notify_person": Text("本人に知らせます。", "The person is told."),
    "tell_person_when_possible": Text(
        "本人に、できるときに知らせます。", "Tell the person when that is possible."
    ),
    "tell_duties": Text("相手に守ることを伝えます。", "Tell the recipient their duties."),
    "notify_supervisor": Text("係長に知らせます。", "The supervisor is told."),
    "review_next_business_day": Text(
        "次の開庁日に必ず確かめます。", "It is reviewed on the next business day."
    ),
    "start_48_hours": Text("48時間以内の安全確認が始まります。", "The 48 hours for the safety check begin."),
}


def of_package(package: Package, lang: str) -> list[str]:
    """What the recipient of a package has to mind: the condition of its approval first, in one line."""
    condition = " ".join(str(latest(package.case, _DECISION).get("conditions", "")).split())
    return [*filter(None, [condition]), *in_words(package.obligations, lang)]


def in_words(obligations: Iterable[str], lang: str) -> list[str]:
    """What the recipient has to mind: always the same four, and what was ruled."""
    names = dict.fromkeys((*ALWAYS, *obligations))
    return [_RECIPIENT[name].of(lang) for name in names if name in _RECIPIENT]


def of_ruling(obligations: Iterable[str], lang: str) -> list[str]:
    """Everything a ruling obliges to, for the office; what has no words yet as its code."""
    known = {**_RECIPIENT, **_OFFICE}
    return [known[name].of(lang) if name in known else name for name in dict.fromkeys(obligations)]
