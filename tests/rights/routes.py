"""Every address of the office, and who may: the rows of docs/reference/access-table.md.

Whoever adds an address adds its row here, one for each method it takes: how it is asked and by which decision
somebody may. A row asked `about` a thing is asked in every situation; one that `lists` things is open to its
readers, and must show exactly the things each may list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from backend import access
from backend.access import LetterFacts, PersonFacts
from backend.cases import callsheet
from backend.cases.models import Case
from backend.cases.reading import attachment, case_facts
from backend.demo.cast import member_id
from backend.disposal import listing
from backend.figures import gate
from backend.jobs.webhooks import keeping
from backend.papers import keying
from backend.passkeys import ending
from backend.people import merging
from backend.sharing.consents import watching
from backend.sharing.disclosures import guarding, register
from tests.cases.conftest import answers
from tests.rights.scene import NOBODY, PASSWORD, Scene, Situation

NONE = "00000000-0000-4000-8000-000000000000"  # the id of nothing
Rule = Callable[[Scene, str, Situation | None], bool]
Body = Callable[[str, Situation | None], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One address and method. `address` has {case}, {person}, {letter} of the situation it is asked in."""

    method: str
    address: str
    may: Rule
    says: str
    about: bool = False
    lists: str = ""
    body: Body = lambda who, here: {}
    json: bool = False


def anyone(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever asks, signed in or not."""
    return True


def signed_in(scene: Scene, who: str, here: Situation | None) -> bool:
    """Everybody whose term covers today."""
    return who != NOBODY


def nobody(scene: Scene, who: str, here: Situation | None) -> bool:
    """There is nothing here."""
    return False


def thing(kind: str, here: Situation) -> Any:
    """A thing of a situation as policies see it."""
    case = case_facts(here.case)
    return {
        "case": case,
        "person": here.person.facts(),
        "letter": LetterFacts(str(here.letter.id), case, here.letter.definition, here.letter.state),
    }[kind]


def may(action: str, kind: str = "case") -> Rule:
    """Whoever may do this to the thing, and may look at the case it belongs to."""

    def rule(scene: Scene, who: str, here: Situation | None) -> bool:
        if who == NOBODY or here is None:
            return False
        return access.decide(scene.members[who], action, thing(kind, here), today=scene.today).allowed

    return rule


def handles_letter(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever may look at the letter and may issue it."""
    return may("view", "letter")(scene, who, here) and may("issue", "letter")(scene, who, here)


def previews_letter(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever may look at the case, and might look at a letter of it and issue it."""
    if who == NOBODY or here is None or not may("view")(scene, who, here):
        return False
    draft = LetterFacts("", case_facts(here.case), "acknowledgement", "drafted")
    asked = (access.decide(scene.members[who], does, draft, today=scene.today) for does in ("view", "issue"))
    return all(decision.allowed for decision in asked)


def names(scene: Scene, who: str, here: Situation) -> bool:
    """Whether somebody sees whose record it is."""
    member, asked = scene.members[who], {"category": "identity"}
    return access.decide(member, "see", thing("person", here), today=scene.today, context=asked).allowed


def sees_file(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever sees the data category of the file."""
    if who == NOBODY or here is None:
        return False
    found = attachment(here.case, 2)
    seen = access.categories(scene.members[who], case_facts(here.case), scene.today)
    return found is not None and found[2] in seen


def sees_window(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever may view the letter, where it goes into an envelope with a window."""
    has_one = here is not None and here.letter.definition == "acknowledgement"
    return has_one and may("view", "letter")(scene, who, here)


def audits(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever may see who looked at the records of their controller."""
    return who != NOBODY and watching.may_read(scene.members[who], timezone.now()).allowed


def keeps_register(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever keeps the register of their controller."""
    return who != NOBODY and register.may(scene.members[who], register.KEEP, timezone.now()).allowed


def disposes(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever lists what is to be destroyed for their controller, or approves it."""
    return who != NOBODY and listing.may(scene.members[who], listing.LIST, timezone.now())


def disposes_case(scene: Scene, who: str, here: Situation | None) -> bool:
    """The same, of the controller whose case it is."""
    same = here is not None and who != NOBODY and scene.members[who].controller == here.case.controller
    return same and disposes(scene, who, here)


def erases(scene: Scene, who: str, here: Situation | None) -> bool:
    """The same, of those who may look at the case."""
    return may("view")(scene, who, here) and disposes_case(scene, who, here)


def guards(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever keeps the lists of those who may know a protected address."""
    return who != NOBODY and guarding.may_any(scene.members[who], timezone.now())


def runs(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever looks after the automated runs of their controller."""
    if who == NOBODY:
        return False
    anybody = PersonFacts("", scene.members[who].controller, settings.ROOT_AREA, protected=False)
    return access.decide(scene.members[who], "run_jobs", anybody, today=scene.today).allowed


def ends_passkeys(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever can be one of the two who end the passkeys of somebody who lost a device."""
    return who != NOBODY and ending.may_agree(scene.members[who], timezone.now())


def registers(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever registers persons with their controller."""
    if who == NOBODY:
        return False
    new = PersonFacts("new", scene.members[who].controller, "", protected=False)
    return access.decide(scene.members[who], "keep_person", new, today=scene.today).allowed


def decides_doubles(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever registers persons, or may be the second person for a protected record."""
    confirms = who != NOBODY and merging.may_confirm_any(scene.members[who], timezone.now())
    return confirms or registers(scene, who, here)


def keeps_person(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever may open the record of the person and keep it."""
    return may("view", "person")(scene, who, here) and may("keep_person", "person")(scene, who, here)


def leads(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever leads the section of their controller."""
    return who != NOBODY and gate.may(scene.members[who], timezone.now())


def leads_caseworker(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever leads the section the caseworker belongs to."""
    return leads(scene, who, here) and scene.members[who].controller == "city"


def calls(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever may tell others by telephone, in some case."""
    return who != NOBODY and callsheet.may_any(scene.members[who], timezone.now())


def channels(scene: Scene, who: str, here: Situation | None) -> bool:
    """Whoever keeps which other systems are told of events of their controller."""
    return who != NOBODY and keeping.may_any(scene.members[who], timezone.now())


VIEW, NOTE = may("view"), may("note")


def on_case(method: str, address: str, rule: Rule, says: str, **more: Any) -> Row:
    return Row(method, address, rule, says, about=True, **more)


def _note_page(who: str, here: Situation | None) -> dict[str, Any]:
    revision = here.case.revision if here else 0
    return {**answers("note"), "_key": uuid4().hex, "_revision": revision}


def _sheet(who: str, here: Situation | None) -> dict[str, Any]:
    """The number of a sheet the system printed for the case."""
    case = Case.objects.get(pk=here.case.pk) if here else None
    _paper, token = keying.hand_out("note", by=None, now=timezone.now(), case=case, action="note")
    return {"code": token.shown}


def _note_api(who: str, here: Situation | None) -> dict[str, Any]:
    return {"answers": answers("note"), "revision": here.case.revision if here else 0}


def _report_page(who: str, here: Situation | None) -> dict[str, Any]:
    found = {"_key": uuid4().hex, **answers("detection_report")}
    return {
        name: "true" if value is True else "false" if value is False else value
        for name, value in found.items()
    }


def _report_api(who: str, here: Situation | None) -> dict[str, Any]:
    return {"workflow": "referral", "answers": answers("detection_report")}


def _emergency(who: str, here: Situation | None) -> dict[str, Any]:
    number = here.case.number if here else ""
    return {**answers("break_glass"), "number": number, "_key": uuid4().hex}


def _password(who: str, here: Situation | None) -> dict[str, Any]:
    return {"username": "caseworker" if who == NOBODY else who, "password": PASSWORD}


def _own_password(who: str, here: Situation | None) -> dict[str, Any]:
    return {"_password": PASSWORD}


def _no_passkey(who: str, here: Situation | None) -> dict[str, Any]:
    return {"_credential": "{}", "name": "PC"}


def _new_name(who: str, here: Situation | None) -> dict[str, Any]:
    return {"name": "PC"}


def _own_member(who: str, here: Situation | None) -> dict[str, Any]:
    return {"member": "" if who == NOBODY else str(member_id(who))}


def _asked(who: str, here: Situation | None) -> dict[str, Any]:
    """A request that its asker's controller may make: the city to the prefecture, the 社協 to the city."""
    source = str(here.case.id) if here else ""
    given = {"to_org": "child-guidance", "basis": "pia_69_2_iii", "purpose": "child_protection"}
    if who == "csw":
        given = {"to_org": "city-welfare", "basis": "pia_27_1_iv", "purpose": "service_linkage"}
    more = {
        "minimised": True,
        "recurring": False,
        "obtainable": "would_hinder_duty",
        "request_no": "照会第1号",
    }
    asked = answers("disclosure_request", source=source, categories=["identity"], until="2099-12-31")
    return {"answers": {**asked, **given, **more}}


def _new_person(who: str, here: Situation | None) -> dict[str, Any]:
    """Somebody who resembles nobody."""
    return {"name": "新田 守", "reason": "来所"}


def _corrected(who: str, here: Situation | None) -> dict[str, Any]:
    """The record with its own name, as somebody looked at it before any version."""
    name = here.person.name if here else ""
    return {"name": name, "reason": "来所", "seen": "0", "birth_date": "", "sex": ""}


def _supporter(who: str, here: Situation | None) -> dict[str, Any]:
    return {"do": "stand_by", "name": "林 とめ", "relation": "隣"}


def _contract(who: str, here: Situation | None) -> dict[str, Any]:
    """An entrustment with the centre, as the page posts it."""
    given = {"reference": "令和8年度第12号", "organisation": "center-nakahama", "valid_from": "2026-04-01"}
    return {**given, "purposes": ["service_linkage"], "categories": ["identity", "contact"]}


def _channel(who: str, here: Situation | None) -> dict[str, Any]:
    """A system at an address the tests allow."""
    return {"url": "https://hooks.example/tsunagu", "events": ["referred"], "organisation": ""}


def _named(who: str, here: Situation | None) -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=90)
    return {"to": "organisation:fire", "reason": "救急の出動のため", "until": until.isoformat()}


def _why(who: str, here: Situation | None) -> dict[str, Any]:
    return {"reason": "本人の申し出があった"}


def _wished(who: str, here: Situation | None) -> dict[str, Any]:
    """Asking for what is so already changes nothing."""
    return {"size": "usual", "ruby": "", "reason": "電話で聞いた", "seen": "0"}


def _addresses(who: str, here: Situation | None) -> dict[str, Any]:
    return {"kind": "a4-12", "skip": "0", "addresses": "000-0101,海鳴市中浜一丁目2番3号,髙田　ハナ"}


def _preview_page(who: str, here: Situation | None) -> dict[str, Any]:
    return {"_preview": "1", "to": "organisation:child-guidance"}


def _called(who: str, here: Situation | None) -> dict[str, Any]:
    return {"outcome": "reached", "until": "1"}


def _no_card(who: str, here: Situation | None) -> dict[str, Any]:
    return {"code": "00000000", "pin": "0000"}


def _no_slip(who: str, here: Situation | None) -> dict[str, Any]:
    return {"code": "000000", "result": "1", "way": "1"}


def _sealed(who: str, here: Situation | None) -> dict[str, Any]:
    """Something in the shape of a sealed record, sealed to nobody."""
    return {"parcels": [{"key": NONE, "sealed": {}}]}


def _again(who: str, here: Situation | None) -> dict[str, Any]:
    return {"decision": "retry"}


def _leave(who: str, here: Situation | None) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {"begins": today, "ends": today, "deputy": str(member_id("supervisor"))}


def _no_caseload(who: str, here: Situation | None) -> dict[str, Any]:
    """To the supervisor, a case that is none: the page says what became of it."""
    return {
        "_key": uuid4().hex, "why": "leave", f"to-{NONE}": str(member_id("supervisor")), f"seen-{NONE}": "1"
    }  # fmt: skip


_CASEWORKER = str(member_id("caseworker"))

ROWS: dict[str, tuple[Row, ...]] = {
    "pages:person_new": (
        Row("GET", "/persons/new/", registers, "register somebody new"),
        Row("POST", "/persons/new/", registers, "register somebody new", body=_new_person),
    ),
    "pages:doubles": (
        Row("GET", "/persons/same/", decides_doubles, "the records that may be of one person"),
    ),
    "pages:double": (
        Row("GET", "/persons/same/0/", nobody, "two records side by side; these are none"),
        Row("POST", "/persons/same/0/", nobody, "decide about two records; these are none"),
    ),
    "pages:merge_undo": (
        Row("POST", f"/persons/merges/{NONE}/undo/", nobody, "part two records; none here"),
    ),
    "pages:merge_second": (
        Row("POST", f"/persons/merges/{NONE}/confirm/", nobody, "confirm a merge; none is here"),
    ),
    "pages:person_edit": (
        on_case("GET", "/persons/{person}/correct/", keeps_person, "correct the record of a person"),
        on_case("POST", "/persons/{person}/correct/", keeps_person, "a new version", body=_corrected),
    ),
    "pages:doubles_of": (
        on_case("GET", "/persons/{person}/same/", may("merge_persons", "person"), "look for a double"),
        on_case("POST", "/persons/{person}/same/", nobody, "compare with a record that is not alike"),
    ),
    "pages:household": (
        on_case("GET", "/persons/{person}/household/", may("view", "person"), "the household of a person"),
        on_case(
            "POST", "/persons/{person}/household/", keeps_person, "note who stands by them", body=_supporter
        ),
    ),
    "pages:board": (Row("GET", "/board/", leads, "how the section stands"),),
    "pages:board_count": (Row("POST", "/board/count/", leads, "count the section anew"),),
    "pages:board_cases": (Row("GET", "/board/cases/?due=late", leads, "the cases behind a figure"),),
    "pages:board_export": (Row("GET", "/board/files/states.csv", leads, "export: figures of the section"),),
    "pages:leave": (
        Row("GET", f"/board/leave/{_CASEWORKER}/", leads_caseworker, "the leave of a colleague"),
        Row("POST", f"/board/leave/{_CASEWORKER}/", leads_caseworker, "enter a leave", body=_leave),
    ),
    "pages:move": (
        Row("GET", f"/board/move/{_CASEWORKER}/", leads_caseworker, "the caseload of a colleague"),
        Row(
            "POST",
            f"/board/move/{_CASEWORKER}/",
            leads_caseworker,
            "move a caseload; of cases that are none",
            body=_no_caseload,
        ),
    ),
    "pages:disclose": (
        on_case("GET", "/cases/{case}/disclose/", may("handle"), "compose a request to disclose"),
        on_case("POST", "/cases/{case}/disclose/", may("handle"), "see what may leave", body=_preview_page),
    ),
    "pages:disclose_matrix": (
        on_case("POST", "/cases/{case}/disclose/matrix/", may("handle"), "what may leave, while composing"),
    ),
    "pages:approvals": (Row("GET", "/approvals/", signed_in, "the requests that wait for a decision"),),
    "pages:together": (Row("POST", "/approvals/together/", signed_in, "approve several of low risk"),),
    "pages:decide": (on_case("POST", "/approvals/{case}/", nobody, "decide on a request; none is here"),),
    "pages:package": (Row("GET", f"/packages/{NONE}/", nobody, "a package; this one is none"),),
    "pages:package_link": (
        Row("POST", f"/packages/{NONE}/link/", nobody, "a link to a package that is none"),
    ),
    "pages:recipient": (Row("GET", "/r/", anyone, "the neutral page of a recipient"),),
    "pages:recipient_link": (Row("GET", f"/r/{NONE}", anyone, "from a link to the neutral page"),),
    "pages:recipient_open": (
        Row(
            "POST",
            "/r/open/",
            nobody,
            "open a package; the code is wrong",
            body=lambda who, here: {"code": "00000000", "reader": "田中"},
        ),
    ),
    "pages:recipient_package": (
        Row("GET", "/r/package/", anyone, "a package; without one, the neutral page"),
    ),
    "pages:recipient_answer": (
        Row("GET", "/r/package/accept/", anyone, "answer; without a package, the neutral page"),
        Row("POST", "/r/package/accept/", anyone, "answer; without a package, the neutral page"),
    ),
    "api:disclosures": (
        Row("GET", "/api/disclosures/", signed_in, "the disclosures one may list"),
        on_case("POST", "/api/disclosures/", may("handle"), "request a disclosure", body=_asked),
    ),
    "api:preview": (
        on_case("POST", "/api/disclosures/preview/", may("handle"), "ask what may leave", body=_asked),
    ),
    "api:disclosure": (on_case("GET", "/api/disclosures/{case}/", nobody, "a disclosure; this is none"),),
    "api:disclosure_link": (
        on_case("POST", "/api/disclosures/{case}/link/", nobody, "a link; this is no disclosure"),
    ),
    "pages:channels": (Row("GET", "/channels/", channels, "which other systems are told of events"),),
    "pages:channel_new": (
        Row("GET", "/channels/new/", channels, "the form of another system"),
        Row("POST", "/channels/new/", channels, "tell another system", body=_channel),
    ),
    "pages:channel": (
        Row("GET", f"/channels/{NONE}/", nobody, "what was delivered; this system is none"),
        Row("POST", f"/channels/{NONE}/", nobody, "end a system that is none"),
    ),
    "pages:channel_replay": (
        Row("POST", f"/channels/{NONE}/{NONE}/replay/", nobody, "send once more what is none"),
    ),
    "pages:field": (Row("GET", "/field/", signed_in, "the homes one watches"),),
    "pages:field_list": (
        Row("GET", "/field/list/", signed_in, "export: the homes one watches, for the phone"),
    ),
    # No case here is in a state to be visited; who may visit is asked in tests/field.
    "pages:field_visit": (
        on_case("GET", "/field/visit/{case}/", nobody, "record a visit"),
        on_case("POST", "/field/visit/{case}/", nobody, "record a visit"),
    ),
    "pages:field_alarm": (Row("GET", "/field/alarm/", anyone, "whom to telephone in danger"),),
    "pages:field_help": (
        Row("GET", "/field/help/", signed_in, "the button to be called"),
        Row("POST", "/field/help/", signed_in, "ask to be called"),
    ),
    "pages:field_called": (Row("POST", f"/field/help/{NONE}/", nobody, "a call that nobody asked for"),),
    "pages:field_outbox": (
        Row("POST", "/field/outbox/", anyone, "send sealed records; these are none", body=_sealed, json=True),
    ),
    "pages:field_shell": (Row("GET", "/field/shell/", anyone, "the phone's page without a network, empty"),),
    "pages:field_worker": (Row("GET", "/field/worker.js", anyone, "the program that waits in the phone"),),
    "pages:field_manifest": (Row("GET", "/field/manifest.webmanifest", anyone, "what installs the page"),),
    "pages:field_kept": (Row("GET", "/field/kept/", calls, "records of phones that wait; none is here"),),
    "pages:field_take_over": (
        Row("POST", f"/field/kept/{NONE}/", nobody, "take over a record that is none"),
    ),
    "pages:reply": (
        Row("GET", "/reply/", anyone, "the number of a letter's slip"),
        Row(
            "POST",
            "/reply/",
            nobody,
            "the number of a slip that is none",
            body=lambda who, here: {"code": "0" * 28},
        ),
    ),
    "pages:reply_answer": (
        Row("GET", "/reply/answer/", anyone, "answer a letter; without a number, the way to it"),
        Row("POST", "/reply/answer/", anyone, "answer a letter; without a number, the way to it"),
    ),
    "pages:reply_done": (Row("GET", "/reply/done/", anyone, "thanks; without an answer, the way to it"),),
    "pages:report": (Row("GET", "/report/", anyone, "tell about somebody, without account"),),
    "pages:report_place": (Row("GET", "/report/at/nowhere/", anyone, "the same, from a sticker"),),
    "pages:report_step": (
        Row("GET", "/report/signs/", anyone, "one question of a report"),
        Row("POST", "/report/danger/", anyone, "answer one question of a report"),
    ),
    "pages:report_done": (Row("GET", "/report/done/", anyone, "the receipt number, once"),),
    "pages:report_receipt": (
        Row("GET", "/report/receipt/", anyone, "look up a receipt number"),
        Row(
            "POST",
            "/report/receipt/",
            nobody,
            "look up a receipt number that is none",
            body=lambda who, here: {"code": "000000000000"},
        ),
    ),
    "pages:report_leave": (Row("GET", "/report/leave/", anyone, "close the report at once"),),
    "pages:report_places": (
        Row("GET", "/report/places/", calls, "the stickers of the controller"),
        Row("POST", "/report/places/", calls, "make a sticker"),
    ),
    "pages:report_sticker": (
        Row("POST", "/report/places/none/sticker.pdf", nobody, "print a sticker of none"),
    ),
    "pages:report_place_end": (
        Row("POST", "/report/places/none/end/", nobody, "take down a sticker of none"),
    ),
    "pages:slips": (Row("GET", "/papers/slips/", calls, "for whom slips of visits can be printed"),),
    "pages:slips_key": (
        Row("GET", "/papers/slips/key/", calls, "the line slips are keyed in on"),
        # None of these cases has a slip; who may key one in is asked in tests/field/test_slips.py.
        Row("POST", "/papers/slips/key/", nobody, "key in a slip that is none", body=_no_slip),
    ),
    "pages:slips_look": (
        Row("POST", "/papers/slips/look/", calls, "whose slip it is; nobody's", body=_no_slip),
    ),
    "pages:slips_undo": (Row("POST", "/papers/slips/undo/", nobody, "take back a slip nobody keyed in"),),
    "pages:slips_sheet": (Row("POST", f"/papers/slips/{NONE}/", nobody, "print the slips of nobody"),),
    "pages:calls": (Row("GET", "/calls/", calls, "whom to tell by telephone"),),
    "pages:called": (Row("POST", f"/calls/{NONE}/", nobody, "how a call to nobody went", body=_called),),
    "pages:inbox": (Row("GET", "/stuck/", signed_in, "what got stuck", lists="stuck"),),
    "pages:inbox_decide": (
        on_case("POST", "/stuck/{effect}/", may("mend"), "decide about what got stuck", body=_again),
    ),
    "pages:inbox_mail": (
        Row(
            "POST",
            "/stuck/mails/999999/",
            nobody,
            "decide about a daily mail; this one is none",
            body=lambda who, here: {"decision": "retry"},
        ),
    ),
    "api:effects": (Row("GET", "/api/effects/", signed_in, "what got stuck", lists="stuck"),),
    "api:effect_decide": (
        on_case("POST", "/api/effects/{effect}/retry/", may("mend"), "decide about what got stuck"),
    ),
    "healthz": (Row("GET", "/healthz", anyone, "health, without data"),),
    "readyz": (Row("GET", "/readyz", anyone, "readiness, without data"),),
    "pages:work": (Row("GET", "/?view=team", signed_in, "the open cases", lists="case"),),
    "pages:signin": (
        Row("GET", "/signin/", anyone, "the door"),
        Row("POST", "/signin/", anyone, "the door, with name and password", body=_password),
    ),
    "pages:card": (
        Row("GET", "/signin/card/", anyone, "the door for a paper card"),
        Row("POST", "/signin/card/", nobody, "the door for a card that is none", body=_no_card),
    ),
    "pages:cards": (Row("GET", "/cards/", runs, "who has a paper card to sign in"),),
    # None of these cases is an appointment; who takes one over is asked in tests/field.
    "pages:card_appointed": (
        on_case("GET", "/cards/appointed/{case}/", nobody, "take somebody appointed into the register"),
        on_case("POST", "/cards/appointed/{case}/", nobody, "take somebody appointed into the register"),
    ),
    "pages:card_make": (Row("POST", f"/cards/{NONE}/", nobody, "make a card for nobody"),),
    "pages:passkey_begin": (
        Row("POST", "/signin/passkey/begin/", anyone, "what a browser asks its authenticators at the door"),
    ),
    "pages:passkey": (
        Row("POST", "/signin/passkey/", nobody, "the door for a passkey that is none", body=_no_passkey),
    ),
    "pages:again": (
        Row("POST", "/signin/again/", signed_in, "show again that it is oneself", body=_own_password),
    ),
    "pages:keys": (Row("GET", "/keys/", signed_in, "one's own passkeys"),),
    "pages:keys_members": (Row("GET", "/keys/members/", ends_passkeys, "who has a passkey"),),
    # Nobody here has a passkey to lose: who may ask for it and who agrees is asked in tests/passkeys.
    "pages:keys_lost": (
        Row("POST", f"/keys/members/{NONE}/lost/", nobody, "end the passkeys of nobody", body=_new_name),
    ),
    "pages:keys_decide": (
        Row("POST", "/keys/endings/0/", nobody, "decide about ending passkeys of nobody", body=_new_name),
    ),
    "pages:keys_prove": (
        Row("POST", "/keys/prove/", signed_in, "show that it is oneself, to add one", body=_own_password),
    ),
    "pages:keys_begin": (
        Row("POST", "/keys/begin/prove/", signed_in, "what a browser asks its authenticators"),
    ),
    "pages:keys_add": (
        Row("POST", "/keys/add/", nobody, "add a passkey without showing it first", body=_no_passkey),
    ),
    "pages:keys_rename": (
        Row("POST", f"/keys/{NONE}/rename/", nobody, "name a passkey that is none", body=_new_name),
    ),
    "pages:keys_remove": (Row("POST", f"/keys/{NONE}/remove/", nobody, "remove a passkey that is none"),),
    "pages:signout": (Row("POST", "/signout/", anyone, "sign out"),),
    "pages:act_as": (Row("POST", "/act-as/", signed_in, "choose as whom to act", body=_own_member),),
    "pages:stay": (
        Row("GET", "/signin/stay/", signed_in, "how long one stays signed in"),
        Row("POST", "/signin/stay/", signed_in, "stay signed in"),
    ),
    "pages:keyboard": (Row("GET", "/keyboard/", signed_in, "which keys do what"),),
    "pages:display": (
        Row("GET", "/display/", anyone, "how pages look"),
        Row("POST", "/display/", anyone, "choose how pages look"),
    ),
    "pages:draft": (
        on_case("POST", "/cases/{case}/do/note/draft/", VIEW, "keep a draft of one's own", body=_note_page),
    ),
    "pages:draft_drop": (
        on_case("POST", "/cases/{case}/do/note/draft/drop/", VIEW, "throw an own draft away"),
    ),
    "pages:stamp": (on_case("GET", "/cases/{case}/stamp/", VIEW, "whether a case moved meanwhile"),),
    "pages:work_later": (Row("POST", "/work/later/", signed_in, "put cases off until a morning"),),
    "pages:work_back": (Row("POST", "/work/back/", signed_in, "bring back what was put off"),),
    "pages:work_assign": (Row("POST", "/work/assign/", signed_in, "assign several cases"),),
    "pages:work_letters": (Row("POST", "/work/letters/", signed_in, "write to several persons"),),
    "pages:work_view": (Row("POST", "/work/views/", signed_in, "keep a view of the work"),),
    "pages:work_forget": (Row("POST", "/work/views/0/forget/", signed_in, "forget an own view"),),
    "demo:tour": (Row("GET", "/tour/", nobody, "the tour: in the demo city only"),),
    "pages:hints_again": (Row("POST", "/hints/", signed_in, "show the own hints again"),),
    "pages:hint_known": (Row("POST", "/hints/work/", signed_in, "put an own hint away"),),
    "pages:design": (Row("GET", "/design/", signed_in, "the parts pages are made of"),),
    "pages:notices": (Row("GET", "/notices/", signed_in, "the own notices", lists="notice"),),
    "pages:notices_read": (
        Row(
            "POST", "/notices/read/", signed_in, "mark notices as read", body=lambda who, here: {"until": "1"}
        ),
    ),
    "pages:persons": (
        Row("GET", "/persons/", signed_in, "the search box"),
        Row(
            "POST",
            "/persons/",
            signed_in,
            "search",
            lists="person",
            body=lambda who, here: {"q": "1938年5月"},
        ),
    ),
    "pages:person": (on_case("GET", "/persons/{person}/", may("view", "person"), "a person"),),
    "pages:reading_wishes": (
        on_case(
            "GET",
            "/persons/{person}/letters/",
            may("keep_person", "person"),
            "how letters to a person are set",
        ),
        on_case(
            "POST",
            "/persons/{person}/letters/",
            may("keep_person", "person"),
            "set how letters to a person are set",
            body=_wished,
        ),
    ),
    "pages:person_protect": (
        on_case(
            "POST",
            "/persons/{person}/protect/",
            keeps_person,
            "put a person under protection",
            body=_why,
        ),
    ),
    "pages:looks": (Row("GET", "/privacy/looks/", audits, "unusual looks at records"),),
    "pages:looks_at": (
        on_case("GET", "/privacy/looks/{person}/", may("audit", "person"), "who looked at a person's record"),
    ),
    "pages:provisions": (
        Row("GET", "/privacy/provisions.csv", audits, "export: what was provided to others"),
    ),
    "pages:registers": (
        Row("GET", "/privacy/registers/", keeps_register, "the register: purposes, contracts, joint uses"),
    ),
    "pages:register_note": (
        Row("GET", "/privacy/registers/new/contract/", keeps_register, "the form of a new line"),
        Row("POST", "/privacy/registers/new/contract/", keeps_register, "add a line", body=_contract),
    ),
    "pages:register_end": (
        Row("GET", "/privacy/registers/999999/end/", nobody, "end a line; this one is none"),
        Row("POST", "/privacy/registers/999999/end/", nobody, "end a line; this one is none"),
    ),
    "pages:protected": (Row("GET", "/privacy/protected/", guards, "the persons under protection"),),
    "pages:guarded": (
        on_case(
            "GET", "/privacy/protected/{person}/", may("guard", "person"), "who may know where a person is"
        ),
        on_case(
            "POST",
            "/privacy/protected/{person}/",
            may("guard", "person"),
            "name somebody who may know where a person is",
            body=_named,
        ),
    ),
    "pages:guard_over": (
        on_case(
            "POST",
            "/privacy/protected/{person}/over/",
            may("guard", "person"),
            "say that a protection is over",
            body=_why,
        ),
    ),
    "pages:guard_confirm": (
        on_case("POST", "/privacy/protected/{person}/999999/confirm/", nobody, "confirm a line that is none"),
    ),
    "pages:guard_end": (
        on_case("POST", "/privacy/protected/{person}/999999/end/", nobody, "end a line that is none"),
    ),
    "pages:received": (Row("GET", "/received/", signed_in, "what was handed over to one"),),
    "pages:received_package": (Row("GET", f"/received/{NONE}/", nobody, "a package; this one is none"),),
    "pages:received_open": (Row("POST", f"/received/{NONE}/open/", nobody, "open a package that is none"),),
    "pages:received_answer": (
        Row("GET", f"/received/{NONE}/answer/accept/", nobody, "answer to a package that is none"),
        Row("POST", f"/received/{NONE}/answer/accept/", nobody, "answer to a package that is none"),
    ),
    "api:received": (Row("GET", "/api/received/", signed_in, "what was handed over to one"),),
    "pages:begin": (Row("GET", "/cases/new/", signed_in, "what can be begun"),),
    "pages:start": (
        Row("GET", "/cases/new/referral/", signed_in, "the form of a report"),
        on_case(
            "GET",
            "/cases/new/referral/?person={person}",
            may("view", "person"),
            "the form of a report about a person",
        ),
        Row("POST", "/cases/new/referral/", signed_in, "report", body=_report_page),
    ),
    "pages:start_live": (Row("POST", "/cases/new/referral/live/", signed_in, "a form as it is filled in"),),
    "pages:start_draft": (
        Row("POST", "/cases/new/referral/draft/", signed_in, "keep a draft of a report of one's own"),
    ),
    "pages:start_draft_drop": (
        Row("POST", "/cases/new/referral/draft/drop/", signed_in, "throw an own draft of a report away"),
    ),
    "pages:case": (on_case("GET", "/cases/{case}/", VIEW, "a case"),),
    "pages:section": (
        on_case("GET", "/cases/{case}/sections/answers/", VIEW, "the answers of a case, each version"),
        on_case("GET", "/cases/{case}/sections/notes/", VIEW, "the notes of a case, and one's own drafts"),
        on_case("GET", "/cases/{case}/sections/people/", VIEW, "the people and household of a case"),
        on_case("GET", "/cases/{case}/sections/letters/", VIEW, "the letters of a case"),
        on_case("GET", "/cases/{case}/sections/files/", VIEW, "the files of a case"),
        on_case("GET", "/cases/{case}/sections/sharing/", VIEW, "consent and sharing of a case"),
    ),
    "pages:sheet": (on_case("GET", "/cases/{case}/sheet/", VIEW, "the face sheet of a case"),),
    "pages:file": (on_case("GET", "/cases/{case}/files/2/", sees_file, "export: an attached file"),),
    "pages:letter_page": (
        on_case("GET", "/letters/{letter}/", may("view", "letter"), "what happened to a letter"),
    ),
    "pages:letter_happened": (
        on_case("POST", "/letters/{letter}/answered/", handles_letter, "record an answer to a letter"),
    ),
    "pages:reissue": (
        on_case("POST", "/letters/{letter}/reissue/", handles_letter, "export: a letter, marked 再発行"),
    ),
    # No print file is here; who may open one is asked in tests/pages/test_post.py.
    "pages:post": (Row("GET", "/post/", signed_in, "the print files of a day; none is here"),),
    "pages:stationery": (Row("GET", "/post/stationery/", signed_in, "envelopes and labels"),),
    "pages:stationery_test": (
        Row("GET", "/post/stationery/window.pdf", signed_in, "the test sheet of a window"),
    ),
    "pages:stationery_list": (
        Row("GET", "/post/stationery/labels/", signed_in, "labels for a typed list"),
        Row("POST", "/post/stationery/labels/", signed_in, "labels for a typed list", body=_addresses),
    ),
    "pages:post_find": (Row("POST", "/post/find/", signed_in, "find a letter by the number of its slip"),),
    "pages:post_file": (Row("GET", f"/post/{NONE}/print.pdf", nobody, "a print file; this is none"),),
    "pages:post_count": (Row("POST", f"/post/{NONE}/count/", nobody, "count the sheets of none"),),
    "pages:post_posted": (Row("POST", f"/post/{NONE}/posted/", nobody, "post a file that is none"),),
    "pages:post_ledger": (
        Row("GET", "/post/ledger/city-welfare/csv/", nobody, "the ledger of a day without print files"),
    ),
    "pages:previews": (
        on_case("GET", "/cases/{case}/letters/", previews_letter, "letters before they are written"),
    ),
    "pages:preview": (
        on_case(
            "GET",
            "/cases/{case}/letters/acknowledgement/",
            previews_letter,
            "a letter as it would be printed now",
        ),
    ),
    "pages:letter": (on_case("GET", "/letters/{letter}/pdf/", may("view", "letter"), "export: a letter"),),
    "pages:window": (
        on_case(
            "GET", "/letters/{letter}/window/", sees_window, "what the window shows of a letter that has one"
        ),
    ),
    "pages:act": (
        on_case("GET", "/cases/{case}/do/note/", NOTE, "the form of an action (a note)"),
        on_case("POST", "/cases/{case}/do/note/", NOTE, "act on a case (a note)", body=_note_page),
    ),
    "pages:paper": (
        on_case(
            "POST", "/cases/{case}/do/note/paper/", NOTE, "print an action's form (a note) to fill in by pen"
        ),
    ),
    "pages:papers": (Row("GET", "/papers/", signed_in, "the forms one may print blank"),),
    "pages:paper_blank": (
        Row("POST", "/papers/detection_report/print/", signed_in, "print a blank form (a report)"),
    ),
    "pages:key_in": (
        Row("GET", "/papers/key/", signed_in, "the box for the number of a sheet"),
        on_case("POST", "/papers/key/", VIEW, "open the form a sheet belongs to (a note)", body=_sheet),
    ),
    "pages:live": (on_case("POST", "/cases/{case}/do/note/live/", VIEW, "a form as it is filled in"),),
    "pages:glass": (
        Row("GET", "/glass/", signed_in, "the form that opens a record in an emergency"),
        on_case("POST", "/glass/", may("break_glass"), "open a record in an emergency", body=_emergency),
    ),
    "pages:glass_counts": (Row("GET", "/glass/counts/", audits, "who opened how many in an emergency"),),
    "pages:rules": (Row("GET", "/rules/", signed_in, "what can happen, who may, what is asked"),),
    "pages:rules_workflow": (Row("GET", "/rules/workflow/referral/", signed_in, "a workflow drawn"),),
    "pages:rules_form": (Row("GET", "/rules/form/triage/", signed_in, "a form to look at"),),
    "pages:rules_letter": (Row("GET", "/rules/letter/visit_notice/", signed_in, "a letter before any is"),),
    "pages:rules_letter_sample": (
        Row("GET", "/rules/letter/acknowledgement/sample.pdf", signed_in, "the sample of a letter"),
    ),
    "pages:rules_paper": (Row("GET", "/rules/form/triage/paper.pdf", signed_in, "a form as it is printed"),),
    "pages:rules_policy": (Row("GET", "/rules/policy/staff-view/", signed_in, "a policy in words"),),
    "pages:rules_difference": (
        Row("GET", "/rules/form/triage/since/0/", nobody, "what changed since a version that is none"),
    ),
    "pages:runs": (Row("GET", "/runs/", runs, "the automated runs and what came of them"),),
    "pages:run": (
        Row("GET", "/runs/seal/", runs, "what a run would do"),
        Row("POST", "/runs/terms/", runs, "have a run done"),
    ),
    "pages:seal": (Row("GET", "/runs/seals/1/", nobody, "the sheet of a seal; there is none"),),
    "pages:statistics": (Row("GET", "/runs/statistics/1999-01.csv", nobody, "export: figures; none yet"),),
    "pages:retention": (
        Row("GET", "/privacy/retention/", disposes, "cases whose retention is over, and disposal lists"),
        Row("POST", "/privacy/retention/", disposes, "list cases for disposal"),
    ),
    # There is no list here; who may do what to one is asked in tests/disposal.
    "pages:disposal": (Row("GET", f"/privacy/disposal/{NONE}/", nobody, "a disposal list"),),
    "pages:disposal_approve": (
        Row("POST", f"/privacy/disposal/{NONE}/approve/", nobody, "approve a disposal list"),
    ),
    "pages:disposal_decline": (
        Row("POST", f"/privacy/disposal/{NONE}/decline/", nobody, "give a disposal list up"),
    ),
    "pages:disposal_record": (
        Row("GET", f"/privacy/disposal/{NONE}/record.pdf", nobody, "export: a certificate of disposal"),
    ),
    "pages:hold": (
        Row("GET", "/privacy/hold/{case}/", disposes_case, "hold a case back from disposal", about=True),
        Row(
            "POST",
            "/privacy/hold/{case}/",
            disposes_case,
            "hold a case back from disposal",
            about=True,
            body=lambda who, here: {"why": "audit", "reason": "会計検査"},
        ),
    ),
    # Whose case it is is known in every situation; who may say it is asked in tests/pages.
    "pages:identify": (
        on_case("GET", "/cases/{case}/person/", nobody, "who a case may be about"),
        on_case("POST", "/cases/{case}/person/", nobody, "say whose case it is"),
    ),
    "pages:erase": (
        Row("GET", "/cases/{case}/erase/", erases, "what of a case can be erased by law", about=True),
        Row(
            "POST",
            "/cases/{case}/erase/",
            erases,
            "ask for contents of a case to be erased",
            about=True,
            body=lambda who, here: {"parts": ["1/consultation"], "basis": "stop", "reason": "請求による"},
        ),
    ),
    # Nothing was asked for here; who may decide is asked in tests/disposal.
    "pages:erasure": (
        on_case("GET", f"/cases/{{case}}/erase/{NONE}/", nobody, "what would be erased in a case"),
        on_case("POST", f"/cases/{{case}}/erase/{NONE}/", nobody, "erase it as the second person"),
    ),
    "pages:hold_end": (
        Row("GET", "/privacy/hold/0/end/", nobody, "end a hold; there is none"),
        Row("POST", "/privacy/hold/0/end/", nobody, "end a hold; there is none"),
    ),
    "metrics": (Row("GET", "/metrics", nobody, "figures for monitoring, by its token only"),),
    "pages:councils": (Row("GET", "/councils/", signed_in, "the meetings one keeps or sits in"),),
    # None of these cases is a meeting; who sits in one is asked in tests/sharing/councils.
    "pages:council": (on_case("GET", "/councils/{case}/", nobody, "a meeting"),),
    "pages:council_paper": (on_case("GET", "/councils/{case}/papers/1/", nobody, "a meeting paper"),),
    "pages:council_pdf": (
        on_case("GET", "/councils/{case}/papers/1/pdf/", nobody, "export: a meeting paper"),
    ),
    "api:cases": (
        Row("GET", "/api/cases/", signed_in, "the cases", lists="case"),
        Row("POST", "/api/cases/", signed_in, "report", body=_report_api),
    ),
    "api:case": (on_case("GET", "/api/cases/{case}/", VIEW, "a case"),),
    "api:actions": (on_case("GET", "/api/cases/{case}/actions/", VIEW, "the actions of a case"),),
    "api:act": (on_case("POST", "/api/cases/{case}/actions/note/", NOTE, "act (a note)", body=_note_api),),
    "api:steps": (on_case("GET", "/api/cases/{case}/steps/", VIEW, "the history of a case"),),
    "api:file": (on_case("GET", "/api/cases/{case}/steps/2/file/", sees_file, "export: an attached file"),),
    "api:workflows": (Row("GET", "/api/workflows/", signed_in, "the workflows"),),
    "api:workflow": (Row("GET", "/api/workflows/referral/", signed_in, "a workflow"),),
    "api:form": (Row("GET", "/api/forms/triage/", signed_in, "a form"),),
    "api:persons": (Row("GET", "/api/persons/", signed_in, "the persons", lists="person"),),
    "api:search": (
        Row(
            "POST",
            "/api/persons/search/",
            signed_in,
            "search",
            lists="person",
            body=lambda who, here: {"text": "1938年5月"},
        ),
    ),
    "api:person": (on_case("GET", "/api/persons/{person}/", may("view", "person"), "a person"),),
    "api:consents": (
        on_case("GET", "/api/persons/{person}/consents/", may("view", "person"), "what a person agreed to"),
    ),
    "api:looks": (Row("GET", "/api/privacy/looks/", audits, "unusual looks at records"),),
    "api:letters": (Row("GET", "/api/letters/", signed_in, "the letters", lists="letter"),),
    "api:letter": (on_case("GET", "/api/letters/{letter}/", may("view", "letter"), "a letter's record"),),
    "api:pdf": (on_case("GET", "/api/letters/{letter}/pdf/", may("view", "letter"), "export: a letter"),),
    "api:schema": (Row("GET", "/api/schema/", anyone, "the description of the API"),),
    "api:docs": (Row("GET", "/api/docs/", anyone, "the description to read"),),
    "api:missing": (Row("GET", "/api/nothing/", nobody, "no such address"),),
}
