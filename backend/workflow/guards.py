"""The guards workflows may name. Each says in one sentence why not, and what to do."""

from collections.abc import Collection
from datetime import date, datetime, timedelta, timezone
from typing import Any

from backend.workflow.registry import guard
from backend.workflow.situation import Situation

JST = timezone(timedelta(hours=9), "JST")

# Laws by which suspected abuse is reported at once, without consent or approval (DOMAIN R13, R16–R18).
DUTY_TO_REPORT = {
    "child": frozenset({"capa_6"}),
    "elder": frozenset({"eapa_7", "eapa_21"}),
    "disability": frozenset({"pdapa_7"}),
}
# Bases that imminent danger to life, body or property opens at once, reviewed later (DOMAIN R04, R07).
IMMINENT_DANGER = frozenset({"pia_27_1_ii", "pia_69_2_iii"})
# What stands in the way of telling others: no consent and no exception (of the city; of private bodies).
TO_OTHERS = "個人情報保護法69条（提供の制限）・27条1項（本人の同意）"
# Endings that need no contact with the person: nobody is left to meet, or others have taken over.
WITHOUT_CONTACT = frozenset(
    {"handed_over", "moved_away", "entered_facility", "deceased", "declined", "lost_contact"}
)


def consent_is_valid(situation: Situation) -> bool:
    """Whether the person consented (in part, too) and the consent has not run out."""
    until = situation.facts.get("consent_until")
    lasting = until is None or date.fromisoformat(until) >= today(situation.now)
    return lasting and situation.facts.get("consent") in ("given", "partial")


def today(now: datetime) -> date:
    """The date in Japan."""
    return now.astimezone(JST).date()


def duty_bases(situation: Situation) -> Collection[str]:
    """The legal bases that need nobody's approval in this situation."""
    bases = DUTY_TO_REPORT.get(str(situation.facts.get("abuse", "none")), frozenset())
    return bases | IMMINENT_DANGER if situation.facts.get("imminent") else bases


def _abuse_suspected(situation: Situation) -> bool:
    return bool(situation.facts.get("abuse", "none") != "none")


# --- the person and the people in charge -------------------------------------------------------------------


@guard(
    "subject_is_identified",
    ja="どこのだれかが、まだわかっていません。「緊急度を見直す」で、わかったことを記録してください。",
    en="It is not known yet who and where the person is. Record it with “Triage again”.",
)
def subject_is_identified(situation: Situation) -> bool:
    return bool(situation.facts.get("subject_known")) or bool(situation.case.get("person"))


@guard(
    "assignee_is_set",
    ja="担当がまだ決まっていません。先に「担当を決める」をしてください。",
    en="Nobody is assigned yet. Assign somebody first.",
)
def assignee_is_set(situation: Situation) -> bool:
    return bool(situation.case.get("assignee"))


# --- danger and abuse --------------------------------------------------------------------------------------


@guard(
    "answer_is_imminent",
    ja="命の危険が「はい」のときの手続きです。「いいえ」のときは「緊急度を決める」を使ってください。",
    en="This is for danger to life. If there is none, use “Triage”.",
    reads=("imminent",),
)
def answer_is_imminent(situation: Situation) -> bool:
    return situation.answer("imminent") is True


@guard(
    "answer_is_not_imminent",
    ja="命の危険があります。先に119番か110番へ電話し、「緊急対応にする」を使ってください。",
    en="Somebody's life is in danger. Call 119 or 110 first, then use “Respond to an emergency”.",
    reads=("imminent",),
)
def answer_is_not_imminent(situation: Situation) -> bool:
    return situation.answer("imminent") is not True


@guard(
    "danger_or_abuse",
    ja="命の危険も虐待の疑いも記録されていません。",
    en="Neither danger to life nor suspected abuse is recorded.",
)
def danger_or_abuse(situation: Situation) -> bool:
    return bool(situation.facts.get("imminent")) or _abuse_suspected(situation)


@guard(
    "abuse_is_not_suspected",
    ja="虐待の疑いがあるあいだは、取り下げで終わりにできません。安全を確かめ、緊急度を見直してください。",
    en="While abuse is suspected a withdrawal cannot end the case. Confirm safety and triage again.",
)
def abuse_is_not_suspected(situation: Situation) -> bool:
    return not _abuse_suspected(situation)


@guard(
    "safety_is_confirmed",
    ja="命の危険か虐待の疑いがあった方です。安全を自分たちで確かめてから終わりにしてください。",
    en="There was danger to life or suspected abuse. Confirm the person's safety before ending the case.",
    reads=("safety_confirmed",),
)
def safety_is_confirmed(situation: Situation) -> bool:
    return situation.answer("safety_confirmed") is True or not danger_or_abuse(situation)


# --- consent and grounds for sharing -----------------------------------------------------------------------


@guard(
    "consent_answer_is_full",
    ja="本人の答えが「同意する」ではありません。答えに合う記録のしかたを選んでください。",
    en="The person did not consent in full. Choose the record that fits the answer.",
    reads=("answer",),
    wants=("answer", "given"),
)
def consent_answer_is_full(situation: Situation) -> bool:
    return situation.answered("answer", "given")


@guard(
    "consent_answer_is_partial",
    ja="本人の答えが「一部に同意する」ではありません。答えに合う記録のしかたを選んでください。",
    en="The person did not consent in part. Choose the record that fits the answer.",
    reads=("answer",),
    wants=("answer", "partial"),
)
def consent_answer_is_partial(situation: Situation) -> bool:
    return situation.answered("answer", "partial")


@guard(
    "consent_answer_is_refused",
    ja="本人の答えが「同意しない」ではありません。答えに合う記録のしかたを選んでください。",
    en="The person did not refuse. Choose the record that fits the answer.",
    reads=("answer",),
    wants=("answer", "refused"),
)
def consent_answer_is_refused(situation: Situation) -> bool:
    return situation.answered("answer", "refused")


@guard(
    "consent_answer_is_pending",
    ja="本人の答えが「考えたい（保留）」ではありません。答えに合う記録のしかたを選んでください。",
    en="The person did not ask for time. Choose the record that fits the answer.",
    reads=("answer",),
    wants=("answer", "pending"),
)
def consent_answer_is_pending(situation: Situation) -> bool:
    return situation.answered("answer", "pending")


@guard(
    "consent_goes_on",
    ja="同意が続くときだけ使ってください。断られたときは「同意の取消しを記録する」を使ってください。",
    en="Use this only where consent goes on. Where it is refused, record its withdrawal.",
    reads=("answer",),
    wants=("answer", "given"),
)
def consent_goes_on(situation: Situation) -> bool:
    return situation.answered("answer", "given", "partial")


@guard(
    "review_goes_on",
    ja="支援を終える、または中断するときは「支援の終わりを知らせる」を使ってください。",
    en="To end or suspend the support, report its end.",
    reads=("outcome",),
    wants=("outcome", "continue"),
)
def review_goes_on(situation: Situation) -> bool:
    return situation.answered("outcome", "continue")


@guard(
    "review_ends",
    ja="支援を続けるときは「見直しを知らせる」を使ってください。",
    en="Where the support goes on, report the review.",
    reads=("outcome",),
    wants=("outcome", "close"),
)
def review_ends(situation: Situation) -> bool:
    return situation.answered("outcome", "close", "suspend")


@guard(
    "consent_is_withdrawn",
    ja="情報共有の同意を取り消すかが「いいえ」です。取り消すときだけ使ってください。",
    en="Consent is not being withdrawn. Use this only when it is.",
    reads=("consent_withdrawn",),
)
def consent_is_withdrawn(situation: Situation) -> bool:
    return situation.answer("consent_withdrawn") is True


@guard(
    "person_is_known",
    ja="どなたのことかが登録されていません。人をさがし、その方のページから始めてください。",
    en="It is not registered who this is about. Find the person and begin from their page.",
)
def person_is_known(situation: Situation) -> bool:
    return bool(situation.case.get("person"))


@guard(
    "consent_still_holds",
    ja="同意の期限が切れています。更新をお願いするか、期限切れとして終えてください。",
    en="The consent has run out. Ask for renewal, or end it as expired.",
)
def consent_still_holds(situation: Situation) -> bool:
    return consent_is_valid(situation)


@guard(
    "consent_has_run_out",
    ja="同意の期限は、まだ切れていません。",
    en="The consent has not run out yet.",
)
def consent_has_run_out(situation: Situation) -> bool:
    until = situation.facts.get("consent_until") or ""
    return until != "" and date.fromisoformat(until) < today(situation.now)


@guard(
    "disclosure_is_decided",
    ja="開示しないと決定しています。",
    en="It was decided not to disclose.",
    reads=("decision",),
)
def disclosure_is_decided(situation: Situation) -> bool:
    return situation.answered("decision", "full", "partial")


@guard(
    "has_basis_to_share",
    ja="知らせる根拠がありません。本人の同意をもらうか、同意によらない根拠を係長に認めてもらってください。",
    en="There is no ground to share. Get the person's consent, or have a legal basis approved.",
    decides_sharing=True,
    cite=TO_OTHERS,
)
def has_basis_to_share(situation: Situation) -> bool:
    return basis_is_recorded(situation) or danger_or_abuse(situation)


@guard(
    "basis_is_recorded",
    ja="同意も、認められた根拠も記録されていません。同意をもらうか、同意によらない根拠を係長に認めてもらってください。",
    en="Neither consent nor an approved basis is on record. Get consent, or have a legal basis approved.",
    decides_sharing=True,
    cite=TO_OTHERS,
)
def basis_is_recorded(situation: Situation) -> bool:
    return consent_is_valid(situation) or bool(situation.facts.get("legal_basis"))


@guard(
    "sheet_matches_basis",
    ja="シートに書いた根拠が、記録にある同意・根拠・相手と合いません。根拠か相手を直してください。",
    en="The basis on the sheet is not the consent, legal basis or recipient on record. Correct it.",
    reads=("basis", "to_org"),
    decides_sharing=True,
    cite=TO_OTHERS,
)
def sheet_matches_basis(situation: Situation) -> bool:
    if situation.answer("basis") == "consent":
        return consent_is_valid(situation)
    cited = situation.answer("legal_basis")
    if cited in duty_bases(situation):
        return True
    recorded = situation.facts.get("legal_basis")
    recipient = situation.facts.get("basis_recipient") or situation.answer("to_org")
    return bool(recorded) and cited == recorded and situation.answer("to_org") == recipient


@guard(
    "items_within_basis",
    ja="同意または認められた範囲にない項目が入っています。その項目を外すか、同意を取り直してください。",
    en="Some items are outside the consent or the approved extent. Take them out, or ask for consent again.",
    reads=("shared_items",),
    decides_sharing=True,
    cite=TO_OTHERS,
)
def items_within_basis(situation: Situation) -> bool:
    items: set[Any] = set(situation.answer("shared_items", ()))
    if situation.answer("basis") == "consent":
        return items <= set(situation.facts.get("consent_categories", ()))
    if situation.answer("legal_basis") in duty_bases(situation):
        return True
    return items <= set(situation.facts.get("basis_categories", ()))


@guard(
    "shared_without_consent",
    ja="本人の同意で知らせています。",
    en="This is shared with consent.",
    reads=("basis",),
)
def shared_without_consent(situation: Situation) -> bool:
    return situation.answered("basis", "statutory")


@guard(
    "transfer_is_agreed",
    ja="本人に伝えていません。伝えてから引き継ぐか、命の危険・虐待の疑いがあるときはその記録をしてください。",
    en="The person has not been told. Tell them first, or record the danger or abuse that forbids it.",
    reads=("person_informed",),
)
def transfer_is_agreed(situation: Situation) -> bool:
    return situation.answer("person_informed") is True or danger_or_abuse(situation)


# --- the receiver ------------------------------------------------------------------------------------------


@guard(
    "receiver_is_chosen",
    ja="つなぎ先が選ばれていません。つなぎ先の機関を選んでください。",
    en="No receiving agency is chosen. Choose one.",
)
def receiver_is_chosen(situation: Situation) -> bool:
    chosen = situation.answer("to_org") or situation.case.get("receiver") or situation.facts.get("receiver")
    return bool(chosen) or situation.answers is None


@guard(
    "receiver_was_supporting",
    ja="つなぎ先の支援はまだ始まっていません。「緊急対応を終える」で、緊急度を決め直してください。",
    en="No agency was supporting the person yet. End the emergency and triage again.",
)
def receiver_was_supporting(situation: Situation) -> bool:
    return bool(situation.case.get("receiver")) and first_contact_recorded(situation)


@guard(
    "receiver_did_not_reject",
    ja="この機関には引き受けられないと言われています。別の機関を選んでください。",
    en="This agency has already declined. Choose another one.",
    reads=("to_org",),
)
def receiver_did_not_reject(situation: Situation) -> bool:
    return situation.answer("to_org") not in situation.facts.get("rejected_by", ())


@guard(
    "transfer_is_outside",
    ja="引き継ぐ先は、このシステムで返事ができる機関です。返事はその機関がします。",
    en="The agency taking over can answer here itself.",
)
def transfer_is_outside(situation: Situation) -> bool:
    return situation.facts.get("transfer_outside") is True


# --- contact and ending ------------------------------------------------------------------------------------


@guard(
    "contact_was_made",
    ja="本人とまだ話せていません。「会えなかったことを記録する」を使ってください。",
    en="Nobody has talked with the person yet. Use “Record an attempt to meet”.",
    reads=("met",),
)
def contact_was_made(situation: Situation) -> bool:
    return situation.answered("met", "met", "phone_only")


@guard(
    "contact_was_not_made",
    ja="本人と話せています。「初回の接触を記録する」を使ってください。",
    en="The person was met or phoned. Use “Record the first contact”.",
    reads=("met",),
)
def contact_was_not_made(situation: Situation) -> bool:
    return situation.answered("met", "absent", "refused")


@guard(
    "first_contact_recorded",
    ja="初回の接触がまだ記録されていません。本人に会うか電話して、記録してください。",
    en="The first contact is not recorded yet. Meet or phone the person and record it.",
)
def first_contact_recorded(situation: Situation) -> bool:
    return bool(situation.facts.get("first_contact_on"))


@guard(
    "contact_made_or_not_needed",
    ja="本人にまだ会えていないのに「解決」「見守り」では終結できません。会ってから終結してください。",
    en="A case cannot end as resolved or watched over before the person was met. Meet the person first.",
    reads=("outcome",),
)
def contact_made_or_not_needed(situation: Situation) -> bool:
    return first_contact_recorded(situation) or situation.answered("outcome", *WITHOUT_CONTACT)


# --- the one who reported, and how letters go --------------------------------------------------------------


@guard(
    "reporter_wants_answer",
    ja="連絡した人は返事を希望していません。",
    en="The reporter did not ask for an answer.",
)
def reporter_wants_answer(situation: Situation) -> bool:
    return situation.facts.get("feedback_wanted") is True


@guard(
    "reporter_wants_letter",
    ja="連絡した人は返事を希望していないか、送り先がわかりません。",
    en="The reporter did not ask for an answer, or gave no address.",
)
def reporter_wants_letter(situation: Situation) -> bool:
    return reporter_wants_answer(situation) and situation.facts.get("reporter_letter") is True


@guard(
    "asked_by_letter",
    ja="手紙ではない方法でお願いしています。",
    en="Consent is asked otherwise than by letter.",
    reads=("method",),
)
def asked_by_letter(situation: Situation) -> bool:
    return situation.answered("method", "letter")
