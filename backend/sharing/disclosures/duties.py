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
    "no_copy": Text("写しを取らないこと。", "Make no copy."),
    "contract_terms": Text("委託の契約で決めたことを守ること。", "Keep to the terms of the contract."),
    "expiry_term_end": Text("任期が終わったら使わないこと。", "Do not use it after the term of office."),
    "return_by_term_end": Text("任期の終わりまでに返すこと。", "Return it by the end of the term of office."),
    "return_receipt": Text("引きつぎの受領書を返すこと。", "Return the receipt of the handover."),
    "destroy_copies": Text("残っている写しを破棄すること。", "Destroy the copies that are left."),
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
    "alert_supervisor": Text("係長にすぐ知らせます。", "The supervisor is alerted at once."),
    "tell_supervisor": Text("係長に知らせます。", "The supervisor is told."),
    "agreement": Text("前もって協定を結んでおきます。", "An agreement is in place before."),
    "announcement_version": Text(
        "どの版の公表によるかを記録します。", "It is recorded which announcement it rests on."
    ),
    "decide_within_30_days": Text("30日以内に決めます。", "It is decided within 30 days."),
    "fixed_phrase": Text("決まった言葉だけを伝えます。", "Nothing but a fixed phrase is told."),
    "flag_unverified": Text("「未確認」の印をつけます。", "It is marked as unverified."),
    "keep_reason": Text("理由を書いて残します。", "The reason is kept in writing."),
    "keep_request": Text("依頼の文書を残します。", "The written request is kept."),
    "record_activity": Text("活動を記録します。", "The activity is recorded."),
    "record_explanation": Text("説明したことを記録します。", "It is recorded that it was explained."),
    "record_report": Text("通報したことを記録します。", "The report is recorded."),
    "record_source": Text("だれから聞いたかを記録します。", "It is recorded who told it."),
    "record_view": Text("見たことを記録します。", "Every look is recorded."),
    "strip_third_parties": Text("ほかの人のことは除きます。", "What is about others is taken out."),
    "suppress_small_cells": Text("小さい数は伏せます。", "Small figures are withheld."),
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
