"""One of each thing the scene of rights lacks, so that no page of the office stays unlooked-at.

There an address of such a thing leads to nothing, because who may is asked elsewhere; `WAYS` says by whom it
is read here, and with what behind it. Lists are read by whoever finds something in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.models import Case, Effect
from backend.cases.pinned import newest
from backend.definitions.canonical import canonical, content_hash
from backend.definitions.store import load
from backend.demo.cast import member_id
from backend.disposal import contents, listing
from backend.disposal.contents import Wish
from backend.disposal.models import DisposalList, Erasure, Hold
from backend.field.models import Place
from backend.jobs.models import Delivery, Subscription
from backend.letters import tokens
from backend.letters.models import IssuedLetter, ReplySlip
from backend.people import duplicates
from backend.people.models import Member, Person, User
from backend.runs import letters as print_run
from backend.runs import retention
from backend.runs.models import Proposal
from backend.seals import sealing
from backend.sharing.councils.models import Copy
from backend.sharing.disclosures import links
from backend.sharing.disclosures.models import Arrangement, Package
from backend.workflow.deadlines import term_end
from tests.cases.conftest import answers, do
from tests.field.conftest import watch
from tests.letters.printing.post import DAY, waiting
from tests.rights.routes import NONE
from tests.rights.scene import NOBODY
from tests.sharing.disclosures.conftest import approve, consent, hand_over, request_of

LONG_AGO = datetime(2015, 6, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))


@dataclass(frozen=True)
class Way:
    """Who opens a page, where it is, and the cookies of what they did before."""

    who: str
    path: str
    cookies: Mapping[str, str]
    status: int


class Things:
    """What the pages are about; each is made once, by the door or the page that makes it in the office."""

    def __init__(self, seal_key: str) -> None:
        self.seal_key = seal_key

    @cached_property
    def channel(self) -> Subscription:
        """A system that is told of events, and a delivery that stopped."""
        wanted = {"url": "https://hooks.example/tsunagu", "events": ["referred"], "organisation": ""}
        _client("supervisor").post("/channels/new/", wanted)
        made = Subscription.objects.get()
        stopped = Effect.objects.create(
            case=Case.objects.order_by("opened_at")[0],
            seq=1,
            kind="deliver",
            target=str(made.id),
            state=Effect.State.DEAD,
            not_before=timezone.now(),
        )
        Delivery.objects.create(subscription=made, effect=stopped, body="{}", made_at=timezone.now())
        return made

    @cached_property
    def pair(self) -> int:
        """Two records that may be of one person."""
        one, other = (
            _resident("髙橋 ツヤ", birth_date="1940-03-03"),
            _resident("高橋 つや", phone="0832-00-0188"),
        )
        return int(duplicates.note(one, other, timezone.now()).pk)

    @cached_property
    def watched(self) -> Done:
        """Somebody the commissioner and the volunteer visit every week."""
        return watch(_report, _resident("阿部 シズ"), "commissioner", "volunteer")

    @cached_property
    def nameless(self) -> Done:
        """A report about somebody who is in no record yet."""
        return _report()

    @cached_property
    def package(self) -> Package:
        """What was approved for the centre and handed over to it."""
        disclosure = self._asked("西村 フミ")
        hand_over(approve(disclosure))
        return Package.objects.get(case=disclosure.case)

    @cached_property
    def waiting(self) -> Done:
        """A request that waits for its approval."""
        return self._asked("川口 ヨネ")

    def _asked(self, name: str) -> Done:
        person = _resident(name)
        case = do(_report(person=person.id, area="D01-1"), "triage", answers("triage", urgency="C"))
        case = do(case, "assign", answers("assign", assigned_to=str(member_id("caseworker"))))
        case = do(do(case, "record_intake", answers("intake")), "record_consent", consent())
        asked = request_of(case, categories=["identity", "contact", "health"])
        given = {"actor": member_id("caseworker"), "answers": asked, "key": uuid4().hex}
        return actions.start("disclosure", person=person.id, **given)

    @cached_property
    def council(self) -> Done:
        """A meeting that is open, with a case on its agenda and a paper about it."""
        case = do(_report(person=_resident("森 イト").id), "triage", answers("triage", urgency="C"))
        seats = [(who, part) for who, part in (("caseworker", "secretary"), ("csw", "member"))]
        planned = answers(
            "council_plan",
            chair=str(member_id("supervisor")),
            members=[{"member": str(member_id(who)), "part": part} for who, part in seats],
            held_on=(timezone.localdate() + timedelta(days=1)).isoformat(),
        )
        given = {"actor": member_id("caseworker"), "answers": planned, "key": uuid4().hex, "area": "CITY"}
        number = Case.objects.values_list("number", flat=True).get(pk=case.case)
        done = do(actions.start("council", **given), "add_case", answers("council_agenda", number=number))
        done = do(done, "call")
        for who in ("supervisor", "csw"):
            done = do(done, "acknowledge", answers("council_secrecy"), by=who)
        done = do(done, "make_paper", answers("council_paper", paper_items=["identity", "living_status"]))
        return do(done, "open_session", answers("council_opening"))

    @property
    def copy(self) -> int:
        """The number of the council's own copy of the paper."""
        held = Copy.objects.filter(holder__member=member_id("csw"), paper__item__session=self.council.case)
        return int(held.values_list("number", flat=True).get())

    @cached_property
    def disposal(self) -> DisposalList:
        """Records that ended long ago on a list that waits for a second hand; one is held back."""
        over = [_report(person=_resident(name).id) for name in ("原 サダ", "今井 トク", "岡本 ハツ")]
        rows = Case.objects.filter(pk__in=[one.case for one in over])
        rows.update(is_open=False, closed_at=LONG_AGO)
        Effect.objects.filter(case__in=rows).update(state=Effect.State.DONE)
        self.seal()
        by, now = (
            Member.objects.select_related("user", "organisation").get(pk=member_id("privacy")),
            timezone.now(),
        )
        listing.hold(over[0].case, why="audit", reason="会計検査", by=by, now=now)
        retention.run(timezone.localdate())
        return listing.make(Proposal.objects.select_related("case").filter(case=over[1].case), by=by, now=now)

    @property
    def hold(self) -> int:
        """What holds one of them back."""
        assert self.disposal
        return int(Hold.objects.get().pk)

    @cached_property
    def erasure(self) -> Erasure:
        """Part of a report that somebody asked to have erased, waiting for a second person."""
        case = Case.objects.get(pk=_report(person=_resident("小林 キミ").id).case)
        by = Member.objects.select_related("user", "organisation").get(pk=member_id("privacy"))
        wish = Wish(((1, "consultation"), (1, "contact")), "stop", "本人の請求による")
        return contents.ask(case, wish, by=by, now=timezone.now())

    @cached_property
    def appointed(self) -> Done:
        """A volunteer who was appointed and is not in the register of members yet."""
        today = timezone.localdate()
        term = {"begins_on": today.isoformat(), "ends_on": term_end(today).isoformat()}
        given = answers("appointment_proposal", kind="welfare_volunteer", **term)
        more = {"actor": member_id("caseworker"), "person": _resident("大野 タケ").id, "key": uuid4().hex}
        proposed = actions.start("appointment", answers=given, **more)
        approved = do(proposed, "approve", answers("appointment_approval"), by="supervisor")
        return do(approved, "appoint", answers("appointment", **term))

    @cached_property
    def contract(self) -> Arrangement:
        """A line of the register: an entrustment with the centre."""
        typed = {"reference": "令和8年度第12号", "organisation": "center-nakahama", "valid_from": "R8.4.1"}
        more = {"valid_until": "", "purposes": ["service_linkage"], "categories": ["identity", "contact"]}
        _client("privacy").post("/privacy/registers/new/contract/", typed | more)
        return Arrangement.objects.get()

    @cached_property
    def former(self) -> str:
        """An older version of a form, as a city that is years in use has many."""
        content = load("form", newest("form", "council_paper"))
        content["title"] = "以前の題"
        digest = content_hash(content)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO definitions_published (kind, name, hash, content, published_at, published_by)"
                " VALUES ('form', 'council_paper', %s, %s, %s, '') ON CONFLICT DO NOTHING",
                [digest, canonical(content).decode(), LONG_AGO],
            )
        return digest

    def seal(self) -> int:
        """The number of a new seal, under the one key of this office."""
        with override_settings(SEAL_KEY=self.seal_key):
            return int(sealing.make().number)

    @cached_property
    def printed(self) -> str:
        """The day of a print file."""
        case = Case.objects.get(pk=_report(person=_resident("柴田 ミヨ").id).case)
        waiting(2, case=case, symbol="海写", definition_hash=newest("letter", "visit_notice"))
        print_run.run(DAY)
        return DAY.isoformat()

    @cached_property
    def sticker(self) -> Place:
        """A sticker at the entrance of a block of flats."""
        given = {"area_id": "D01-1", "words": "中浜団地の玄関", "controller": "city"}
        return Place.objects.create(
            code="nakahama", made_by_id=member_id("supervisor"), made_at=timezone.now(), **given
        )

    @cached_property
    def slip(self) -> str:
        """The number on a letter that asks for consent."""
        case = Case.objects.get(pk=self.waiting.case)
        letter = IssuedLetter.objects.create(
            case_id=case.facts["source"],
            seq=2,
            definition="consent_request",
            definition_hash=newest("letter", "consent_request"),
            controller="city",
            organisation="city-welfare",
            symbol="海福",
            fiscal_year=2026,
            number=9100,
            dated_on=DAY,
            addressee_kind="person",
            state="issued",
            inputs_salt=b"s" * 32,
            inputs_digest="0" * 64,
        )
        token = tokens.new()
        until = timezone.localdate() + timedelta(days=20)
        ReplySlip.objects.create(letter=letter, token_hash=token.hash, expires_on=until)
        return token.shown


def _resident(name: str, **more: Any) -> Person:
    given = {"controller": "city", "area_id": "D01-1", "address": "海鳴市中浜一丁目5番1号", **more}
    return Person.objects.create(name=name, **given)


def _report(**more: Any) -> Done:
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    return actions.start("referral", **given, **more)


def _client(who: str) -> Client:
    client = Client()
    if who != NOBODY:
        client.force_login(User.objects.get(username=who))
    return client


# --- what somebody did before a page ------------------------------------------------------------------------


def _opened_here(client: Client, things: Things) -> None:
    """The receiver opened the package that was handed over to them."""
    client.post(f"/received/{things.package.id}/open/")


def _opened_by_link(client: Client, things: Things) -> None:
    """Somebody without an account did, by link and code."""
    issued = links.issue(things.package, by=member_id("caseworker"), now=timezone.now())
    client.get(f"/r/{issued.token}")
    client.post("/r/open/", {"code": issued.code, "reader": "田中 由美"})


def _at_the_slip(client: Client, things: Things) -> None:
    """The addressee of a letter typed the number of its slip."""
    client.post("/reply/", {"code": things.slip})


def _replied(client: Client, things: Things) -> None:
    """And answered."""
    _at_the_slip(client, things)
    client.post("/reply/answer/", {"_key": uuid4().hex, "answer": "call_me"})


def _telling(client: Client, things: Things) -> None:
    """A neighbour told of bruises, and where; whoever is in danger is asked no sum."""
    client.get("/report/")
    client.post("/report/danger/", {"danger": "yes"})
    client.post("/report/signs/", {"signs": ["bruise_or_injury", "shouting_or_crying"]})
    client.post("/report/abuse/", {"abuse": "child"})
    client.post("/report/where/", {"where": "中浜 青い屋根"})
    client.post("/report/you/")


def _told(client: Client, things: Things) -> None:
    """And sent it."""
    _telling(client, things)
    client.post("/report/check/")


Before = Callable[[Client, Things], None]


@dataclass(frozen=True)
class Reading:
    """Who reads a page, its address with the thing in it, and what they did before."""

    who: str
    path: Callable[[Things], str]
    before: Before | None = None
    status: int = 200

    def way(self, things: Things) -> Way:
        """Done anew for every reading: some pages are shown only once."""
        path, client = self.path(things), _client(self.who)
        if self.before:
            self.before(client, things)
        cookies = {name: cookie.value for name, cookie in client.cookies.items()}
        return Way(self.who, path, cookies, self.status)


def plainly(who: str, path: str, before: Before | None = None, status: int = 200) -> Reading:
    """An address that needs nothing made first."""
    return Reading(who, lambda things: path, before, status)


def _having(who: str, path: str, thing: str) -> Reading:
    """A list with this in it."""
    return Reading(who, lambda things: (getattr(things, thing), path)[1])


# Instead of the thing that is none.
WAYS: Mapping[str, Reading] = {
    f"/channels/{NONE}/": Reading("supervisor", lambda things: f"/channels/{things.channel.id}/"),
    "/cases/{case}/person/": Reading("caseworker", lambda things: f"/cases/{things.nameless.case}/person/"),
    "/councils/{case}/": Reading("caseworker", lambda things: f"/councils/{things.council.case}/"),
    "/councils/{case}/papers/1/": Reading(
        "csw", lambda things: f"/councils/{things.council.case}/papers/{things.copy}/"
    ),
    "/field/visit/{case}/": Reading("commissioner", lambda things: f"/field/visit/{things.watched.case}/"),
    f"/packages/{NONE}/": Reading("caseworker", lambda things: f"/packages/{things.package.id}/"),
    "/persons/same/0/": Reading("caseworker", lambda things: f"/persons/same/{things.pair}/"),
    f"/privacy/disposal/{NONE}/": Reading(
        "supervisor", lambda things: f"/privacy/disposal/{things.disposal.pk}/"
    ),
    "/privacy/hold/0/end/": Reading("privacy", lambda things: f"/privacy/hold/{things.hold}/end/"),
    "/privacy/registers/999999/end/": Reading(
        "privacy", lambda things: f"/privacy/registers/{things.contract.pk}/end/"
    ),
    f"/cases/{{case}}/erase/{NONE}/": Reading(
        "supervisor", lambda things: f"/cases/{things.erasure.case_id}/erase/{things.erasure.pk}/"
    ),
    "/cards/appointed/{case}/": Reading(
        "supervisor", lambda things: f"/cards/appointed/{things.appointed.case}/"
    ),
    f"/received/{NONE}/": Reading("receiver", lambda things: f"/received/{things.package.id}/"),
    f"/received/{NONE}/answer/accept/": Reading(
        "receiver", lambda things: f"/received/{things.package.id}/answer/accept/", _opened_here
    ),
    "/rules/form/triage/since/0/": Reading(
        "supervisor", lambda things: f"/rules/form/council_paper/since/{things.former}/"
    ),
    "/runs/seals/1/": Reading("supervisor", lambda things: f"/runs/seals/{things.seal()}/"),
    # What somebody without an account comes to by steps.
    "/r/package/": plainly(NOBODY, "/r/package/", _opened_by_link),
    "/r/package/accept/": plainly(NOBODY, "/r/package/accept/", _opened_by_link),
    "/reply/answer/": plainly(NOBODY, "/reply/answer/", _at_the_slip),
    "/reply/done/": plainly(NOBODY, "/reply/done/", _replied),
    "/report/done/": plainly(NOBODY, "/report/done/", _told),
}
# Lists, by whoever finds something in them.
FILLED: Mapping[str, Reading] = {
    "/approvals/": Reading("supervisor", lambda things: f"/approvals/?case={things.waiting.case}"),
    "/cards/": _having("supervisor", "/cards/", "appointed"),
    "/channels/": _having("supervisor", "/channels/", "channel"),
    "/councils/": _having("csw", "/councils/", "council"),
    "/field/": _having("commissioner", "/field/", "watched"),
    "/papers/slips/": _having("caseworker", "/papers/slips/", "watched"),
    "/papers/slips/key/": _having("caseworker", "/papers/slips/key/", "watched"),
    "/persons/same/": _having("caseworker", "/persons/same/", "pair"),
    "/post/": Reading("caseworker", lambda things: f"/post/?day={things.printed}"),
    "/privacy/registers/": _having("privacy", "/privacy/registers/", "contract"),
    "/privacy/retention/": _having("privacy", "/privacy/retention/", "disposal"),
    "/received/": _having("receiver", "/received/", "package"),
    "/report/places/": _having("supervisor", "/report/places/", "sticker"),
}
# Pages that one address has besides: another reader sees another page, and a question is asked after another.
MORE: Mapping[str, Reading] = {
    "a page that is none": plainly("caseworker", "/nothing/", status=404),
    "a page one may not open": plainly("commissioner", "/channels/", status=403),
    "/ as a commissioner": plainly("commissioner", "/"),
    "/ as a receiver": plainly("receiver", "/"),
    "/?view=mine": plainly("caseworker", "/?view=mine"),
    "/cases/new/consent/": plainly("caseworker", "/cases/new/consent/"),
    "/display/ signed in": plainly("caseworker", "/display/"),
    "/field/alarm/ signed in": plainly("commissioner", "/field/alarm/"),
    "/field/visit/ worried": Reading(
        "volunteer", lambda things: f"/field/visit/{things.watched.case}/?result=worried"
    ),
    "/received/ opened": Reading("receiver", lambda things: f"/received/{things.package.id}/", _opened_here),
    "/report/danger/": plainly(NOBODY, "/report/danger/"),
    "/report/abuse/": plainly(NOBODY, "/report/abuse/", _telling),
    "/report/where/": plainly(NOBODY, "/report/where/", _telling),
    "/report/you/": plainly(NOBODY, "/report/you/", _telling),
    "/report/check/": plainly(NOBODY, "/report/check/", _telling),
}
