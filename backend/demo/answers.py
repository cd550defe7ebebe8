"""What is written into each form of a case of the demo city. Every function gives answers the form takes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from backend.demo.scenes import OFFICE_PHONE, Scene, iso

Answers = dict[str, Any]
Builder = Callable[[Scene, datetime], Answers]

_BANDS = ((6, "age_0_5"), (15, "age_6_14"), (18, "age_15_17"), (40, "age_18_39"), (65, "age_40_64"))
_PURPOSES = ["watch_over", "service_linkage"]
_RECIPIENTS = ["welfare_commissioner", "comprehensive_support_center", "csw", "medical"]
_SINCE = ("3日前から", "先週から", "1か月ほど前から", "はっきりしない", "この秋から")
_WHY = {
    "A": "倒れているのが窓から見えた。救急車を呼んだ。",
    "B": "今日のうちに会って確かめたほうがよい。",
    "C": "急ぐ様子はないが、数日のうちに会って話を聞く。",
    "D": "次の定期訪問で様子を確かめれば足りる。",
}


def after(at: datetime, days: int) -> str:
    """An ISO date some days after a moment."""
    return (at.date() + timedelta(days=days)).isoformat()


def detection_report(scene: Scene, at: datetime) -> Answers:
    person = scene.person
    answers: Answers = {
        "imminent": scene.imminent,
        "channel": "phone" if scene.reporter["role"] == "caseworker" else "message",
        "reported_at": iso(at - timedelta(minutes=scene.rng.randrange(5, 25))),
        "reporter_type": scene.reporter_type,
        "may_disclose_reporter": scene.rng.random() < 0.3,
        "area": person["area_id"],
        "age_band": _age_band(person["birth_date"], at.date()),
        "sex": person["sex"],
        "household_type": scene.household,
        "signs": scene.some("signs"),
        "since": scene.rng.choice(_SINCE),
        "facts_seen": scene.line("seen"),
        "facts_heard": scene.line("heard"),
        "abuse_suspected": scene.abuse,
        "subject_aware": scene.rng.choice(("does_not_know", "unknown", "knows")),
        "consent_status": scene.rng.choice(("unconfirmed", "none")),
    }
    if scene.named:
        answers |= {"subject_name": person["name"], "subject_kana": person["kana"]}
        answers["subject_addr"] = person["address"]
    else:
        answers["landmark"] = "公園の向かいの2階建て。表札は読めない。"
    if scene.imminent:
        answers |= {"called_119": True, "called_at": answers["reported_at"]}
    return answers | _reporter(scene) | _abuse(scene)


def _age_band(birth: date, day: date) -> str:
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    for below, band in (*_BANDS, (75, "age_65_74"), (85, "age_75_84")):
        if age < below:
            return band
    return "age_85_over"


def _reporter(scene: Scene) -> Answers:
    """Every fifth caller wants a letter back; some want to stay unnamed."""
    if scene.reporter_type not in ("neighbor", "family", "business_partner", "neighborhood_head", "medical"):
        return {"feedback_wanted": scene.reporter_type != "self"}
    if scene.number % 7 == 0:
        return {"anonymous": True, "feedback_wanted": False}
    names = ("西田 良子", "大村 健", "秋山 ふみ", "川端 勇", "平井 初江", "三宅 洋一")
    found: Answers = {"anonymous": False, "reporter_name": scene.rng.choice(names), "feedback_wanted": False}
    found["reporter_phone"] = f"0832-00-{5000 + scene.number:04d}"
    if scene.number % 5 == 0:
        found |= {
            "feedback_wanted": True,
            "reporter_zip": "000-0402",
            "reporter_addr": "海鳴市灯台前二丁目7番8号",
        }
    return found


def _abuse(scene: Scene) -> Answers:
    if scene.abuse == "none":
        return {}
    kinds = {"child": ["physical"], "elder": ["neglect"], "disability": ["financial"]}[scene.abuse]
    found: Answers = {"abuse_types": kinds, "abuse_source": scene.rng.choice(("witnessed", "hearsay"))}
    found["abuse_detail"] = "同居の家族から。週に何度か。"
    return found


def triage(scene: Scene, at: datetime) -> Answers:
    answers: Answers = {
        "imminent": scene.imminent,
        "subject_known": True,
        "abuse_suspected": scene.abuse,
        "urgency": scene.urgency,
        "reason": _WHY[scene.urgency],
        "checked_with": ["reporter", "own_records"],
        "visit_needed": scene.urgency != "D",
    }
    if scene.imminent:
        answers |= {"called_119": True, "called_at": iso(at - timedelta(minutes=15))}
    if scene.abuse != "none":
        told = {"child": "child_guidance", "elder": "elder_section", "disability": "disability_section"}
        answers |= {"abuse_reported_to": [told[scene.abuse]], "abuse_reported_at": iso(at)}
    return answers


def consent_request(scene: Scene, at: datetime) -> Answers:
    method = scene.rng.choice(("letter", "home_visit", "home_visit", "at_office"))
    return {
        "method": method,
        "asked_on": at.date().isoformat(),
        "reply_by": after(at, 14),
        "asked_of": "self",
        "purposes": _PURPOSES,
        "categories": list(scene.categories),
        "recipients": _RECIPIENTS[:2],
    }


def _consent(scene: Scene, at: datetime, answer: str) -> Answers:
    oral = scene.rng.random() < 0.5
    found: Answers = {
        "addressee": "csw_chair" if scene.handler["controller"] == "csw" else "mayor",
        "explained_by": scene.handler["name"],
        "explained_on": at.date().isoformat(),
        "withdraw_explained": True,
        "no_disadvantage": True,
        "emergency_explained": True,
        "answer": answer,
        "method": "oral" if oral else "written",
        "by": "self",
    }
    if oral:
        found |= {"taken_by": scene.handler["name"], "witness": scene.supervisor["name"]}
    else:
        found |= {"signed_on": at.date().isoformat(), "signature": scene.person["name"]}
    return found


def consent_given(scene: Scene, at: datetime) -> Answers:
    return _consent(scene, at, "given") | {
        "purposes": _PURPOSES,
        "categories": list(scene.categories),
        "recipients": _RECIPIENTS,
        "valid_until": "2028-03-31",
    }


def consent_partial(scene: Scene, at: datetime) -> Answers:
    scene.categories = ("identity", "contact", "living_status")
    return _consent(scene, at, "partial") | {
        "partial_detail": "病気のことと、お金のことは知らせない。",
        "purposes": ["service_linkage"],
        "categories": list(scene.categories),
        "recipients": _RECIPIENTS[1:3],
        "valid_until": "2028-03-31",
    }


def consent_refused(scene: Scene, at: datetime) -> Answers:
    return _consent(scene, at, "refused") | {"refuse_reason": "近所の人に知られたくない。"}


def statutory_basis(scene: Scene, _at: datetime) -> Answers:
    return {
        "legal_basis": "pia_69_2_iii",
        "purpose": "service_linkage",
        "consent_obtainable": "incapacity",
        "necessity_statement": "服薬の管理ができず健康を害するおそれがあり、家族とも連絡がとれない。",
        "categories": ["identity", "contact", "health"],
        "recipient": scene.receiver["code"],
        "recurring": False,
        "minimised": True,
    }


def assign(scene: Scene, _at: datetime) -> Answers:
    return {
        "assigned_to": str(scene.handler["id"]),
        "reason": scene.rng.choice(("area", "expertise", "workload", "continuity")),
        "handover": "これまでの経過は記録のとおりです。",
    }


def referral_sheet(scene: Scene, at: datetime) -> Answers:
    person = scene.person
    found: Answers = {
        "from_org": scene.office,
        "from_person": scene.handler["name"],
        "from_phone": OFFICE_PHONE,
        "to_org": scene.receiver["code"],
        "to_person": scene.officer["name"],
        "referred_on": at.date().isoformat(),
        "method": scene.rng.choice(("accompany", "phone", "sheet", "conference")),
        "name": person["name"],
        "kana": person["kana"],
        "birth_date": person["birth_date"].isoformat(),
        "sex": person["sex"],
        "zip": person["zip"],
        "addr": person["address"],
        "chief_complaint": scene.line("complaint"),
        "issues": scene.some("issues"),
        "history": f"{scene.line('seen')}訪問して話を聞いた。",
        "request": scene.line("request"),
        "urgency": scene.urgency,
        "wanted_by": after(at, 10),
        "contact_notes": scene.rng.choice(
            ("午前中がよい。", "電話は夕方以降に。", "耳が遠いので大きな声で。")
        ),
    }
    if person["phone"]:
        found["phone"] = person["phone"]
    return found | _basis(scene)


def _basis(scene: Scene) -> Answers:
    if scene.abuse != "none":
        items = ["identity", "contact", "living_status", "abuse"]
        return {"basis": "statutory", "legal_basis": scene.duty, "shared_items": items}
    return {"basis": "consent", "shared_items": list(scene.categories)}


def return_reply(scene: Scene, at: datetime) -> Answers:
    return {
        "missing": ["contact"],
        "question": "午前と午後のどちらに連絡するのがよいですか。家族への連絡はしてよいですか。",
        "asked_by": scene.officer["name"],
        "reply_by": after(at, 3),
    }


def accept_reply(scene: Scene, at: datetime) -> Answers:
    return {
        "accepted": "accepted",
        "accepted_on": at.date().isoformat(),
        "accepted_by": scene.officer["name"],
        "accepted_phone": scene.receiver["phone"],
        "first_contact_planned_on": after(at, 4),
        "origin_stays": scene.rng.random() < 0.4,
    }


def reject_reply(scene: Scene, at: datetime) -> Answers:
    return {
        "reject_reason": "no_capacity",
        "alternative": "12月の中ごろならお受けできます。お急ぎなら市の相談窓口をご案内ください。",
        "rejected_by": scene.officer["name"],
        "rejected_on": at.date().isoformat(),
    }


def first_contact(scene: Scene, at: datetime) -> Answers:
    return {
        "first_contact_at": iso(at - timedelta(hours=1)),
        "mode": scene.rng.choice(("home_visit", "home_visit", "interview")),
        "met": "met",
        "condition": scene.line("condition"),
        "result": f"{scene.line('request')}これを一緒に進めることにした。",
        "next_on": after(at, 7),
    }


def intake(scene: Scene, at: datetime) -> Answers:
    person, topics = scene.person, scene.some("topics")
    return {
        "received_on": at.date().isoformat(),
        "route": "outreach",
        "prior": False,
        "name": person["name"],
        "kana": person["kana"],
        "sex": person["sex"],
        "birth_date": person["birth_date"].isoformat(),
        "self": True,
        "topics": topics,
        "main_topic": topics[0],
        "detail": scene.line("complaint"),
        "rule_explained": True,
        "share_consent": "given",
        "signed_on": at.date().isoformat(),
        "signature": person["name"],
        "screening": "plan",
        "applied_on": at.date().isoformat(),
    }


def plan(scene: Scene, at: datetime) -> Answers:
    lines = []
    for line in sorted({scene.line("plan") for _ in range(3)}):
        issue, support, agency = line.split("|")
        lines.append({"issue": issue, "support": support, "agency": agency, "due": after(at, 90)})
    return {
        "goal": scene.line("goal"),
        "from": at.date().isoformat(),
        "to": after(at, 180),
        "lines": lines,
        "agreement": "signed",
        "agreed_on": at.date().isoformat(),
        "review_on": after(at, 90),
    }


def progress_note(scene: Scene, at: datetime) -> Answers:
    return {
        "at": iso(at - timedelta(minutes=50)),
        "mode": scene.rng.choice(("home_visit", "home_visit", "phone", "accompany")),
        "with": ["self"],
        "minutes": scene.rng.choice((15, 20, 30, 45, 60)),
        "subjective": scene.line("complaint"),
        "objective": scene.line("note"),
        "plan": "次回も様子を確かめる。",
        "next_on": after(at, 14),
    }


def watch_plan(scene: Scene, _at: datetime) -> Answers:
    """The watch entrusted to whoever is near."""
    second = {"watcher_2": str(scene.watchers[1]["id"])} if len(scene.watchers) > 1 else {}
    doors = (
        "犬がいます。勝手口から声をかけてください。",
        "耳が遠いので、呼び鈴を2回。",
        "午前中は畑にいます。",
        "玄関の段差に気をつけて。",
    )
    return {
        "watcher": str(scene.watchers[0]["id"]),
        **second,
        "level": scene.rng.choice(("light", "regular", "regular", "close")),
        "frequency": scene.rng.choice(("weekly", "weekly", "fortnightly", "monthly")),
        "approach": scene.rng.choice(doors),
    }


def visit(scene: Scene, at: datetime) -> Answers:
    """A visit by whoever watches: mostly nothing has changed."""
    when = iso(at - timedelta(minutes=scene.rng.choice((5, 20, 45))))
    if scene.rng.random() < 0.15:
        return {"at": when, "result": "absent", "retry_on": after(at, 2), "card_left": True}
    if scene.rng.random() < 0.15:
        found = scene.rng.choice((["low_spirits"], ["eating"], ["mail_piled"]))
        return {"at": when, "result": "worried", "mode": "met", "quick": found, "informed_to": ["in_charge"]}
    return {"at": when, "result": "no_change", "mode": scene.rng.choice(("met", "met", "outside", "phone"))}


def evaluation(scene: Scene, at: datetime) -> Answers:
    return {
        "evaluated_on": at.date().isoformat(),
        "achievement": scene.rng.choice(("achieved", "mostly", "partly")),
        "changes": ["services_begun", "calmer"],
        "detail": scene.line("note"),
        "outcome": "continue",
        "next_review_on": after(at, 90),
    }


def last_evaluation(scene: Scene, at: datetime) -> Answers:
    """The review in which the support ends."""
    reviewed = {**evaluation(scene, at), "achievement": "achieved", "outcome": "close"}
    del reviewed["next_review_on"]
    return {**reviewed, "close_reason": "目標を達成したため。"}


def note(scene: Scene, _at: datetime) -> Answers:
    return {"body": f"{scene.line('note')}引き続き様子をみる。"}


def visit_appointment(scene: Scene, at: datetime) -> Answers:
    return {
        "visit_on": after(at, 3),
        "from_time": "10:00",
        "to_time": "11:00",
        "visitors": scene.handler["name"],
        "purpose": "ごあいさつとお話をうかがうため",
        "contact_phone": OFFICE_PHONE,
    }


def transfer(scene: Scene, at: datetime) -> Answers:
    return {
        "destination": "registered",
        "to_org": scene.receiver["code"],
        "reason": "expertise",
        "handover": f"{scene.line('request')}経過は記録のとおり。",
        "transferred_on": at.date().isoformat(),
        "person_informed": True,
    }


def closure(scene: Scene, at: datetime) -> Answers:
    return {
        "closed_on": at.date().isoformat(),
        "outcome": scene.rng.choice(("resolved", "watching")),
        "reason": scene.line("close"),
        "person_informed": True,
        "reopen_hint": "新聞がたまる、連絡がとれなくなる",
    }


def no_action(scene: Scene, _at: datetime) -> Answers:
    why = scene.rng.choice(
        ("本人に会い、旅行で留守だったとわかった。", "家族の家に泊まっていた。元気だった。")
    )
    return {"reason": "no_problem", "detail": why, "safety_confirmed": True}


def withdraw(scene: Scene, at: datetime) -> Answers:
    return {
        "withdrawn_on": at.date().isoformat(),
        "withdrawn_by": "self",
        "reason": scene.rng.choice(("not_needed", "does_not_want", "other_support")),
        "detail": "自分でできると言われた。",
        "consent_withdrawn": False,
    }


def entered_in_error(scene: Scene, _at: datetime) -> Answers:
    return {"reason": "practice", "detail": "研修で入れたもの"}


def hold(scene: Scene, at: datetime) -> Answers:
    return {"reason": "in_hospital", "detail": "市民病院に3週間の予定", "until": after(at, 21)}


def reopen(scene: Scene, _at: datetime) -> Answers:
    return {
        "reason": "new_sign",
        "detail": "また新聞がたまっていると連絡があった。",
        "urgency": scene.urgency,
    }
