"""As whom somebody looks at a page: the signed-in user, the member they act as, the day and the language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property, lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from backend import access
from backend.access import MemberFacts
from backend.answers.eras import years_of_reader
from backend.answers.post import Post
from backend.cases import callsheet, mending
from backend.cases.notices import ABOUT, told_to
from backend.disposal import listing
from backend.pages.models import KnownHint
from backend.pages.statements import MOST, NOW, Statement
from backend.passkeys import ending, session
from backend.people import merging
from backend.people.acting import members_of
from backend.people.models import Member, User
from backend.runs import unsent
from backend.sharing.disclosures import guarding, inbox

CHOSEN = "acting_as"
_SECOND = ("named", "ends", "disposals", "merges", "endings")  # what waits for a second person
WAITS = ("unread", "received", "stuck", "unsent", *_SECOND, "known_hints")
P = ParamSpec("P")


@dataclass(frozen=True)
class Acting:
    """Who asks, on which day, in which language."""

    user: User
    member: Member
    facts: MemberFacts
    choices: tuple[Member, ...]
    now: datetime

    @cached_property
    def waiting(self) -> dict[str, Any]:
        """What waits, counted in one query by whatever draws a menu; and the hints this member knows.

        `unread` is the cases and matters behind the bell with something new, `received` packages nobody
        opened yet, `stuck` effects and `unsent` daily mails that are this member's to decide about. For a
        second person wait: who is `named` to know an address, protections said to be over (`ends`), lists of
        `disposals`, `merges` of protected records, `endings` of the passkeys of a member.
        """
        return _waiting(self.facts, self.now)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def mends(self) -> bool:
        """Whether anything that gets stuck could be this member's to decide."""
        return mending.may_any(self.facts, self.now) or unsent.may_any(self.facts, self.now)

    @cached_property
    def calls(self) -> bool:
        """Whether this member tells others by telephone."""
        return callsheet.may_any(self.facts, self.now)

    @property
    def day(self) -> int:
        """The date as policies compare it."""
        return access.day(self.today)

    @property
    def lang(self) -> str:
        return self.user.language


class Asked(HttpRequest):
    """A request by somebody who signed in and acts as a member."""

    acting: Acting


@dataclass(frozen=True)
class Known:
    """Who signed in, when nothing more is asked of them than that."""

    user: User
    now: datetime
    lacks_second: bool

    @property
    def lang(self) -> str:
        return self.user.language


class Half(HttpRequest):
    """A request by somebody who signed in, perhaps without the second factor the office demands."""

    half: Known


Page = Callable[Concatenate[Asked, P], HttpResponse]
HalfPage = Callable[Concatenate[Half, P], HttpResponse]
Plain = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(page: Page[P]) -> Plain[P]:
    """Show a page only to somebody who signed in and has a term today; no terminal may store it.

    The term is looked up for every request, so that its end, or a closed account, ends the session at once.
    Where the office demands a second factor, a session without one leads to where it is made.
    """

    @wraps(page)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = _who(request)
        if isinstance(found, HttpResponse):
            return found
        if session.lacks_second(request, found.choices):
            return _to(request, reverse("pages:keys"))
        asked: Asked = request  # type: ignore[assignment]
        asked.acting = found
        with years_of_reader(found.user.western_years):
            return private(page(asked, *args, **kwargs))

    return cast(Plain[P], guarded)


def half_signed_in(page: HalfPage[P]) -> Plain[P]:
    """The same, also for a session without the second factor: nothing of the office is on such a page."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = _who(request)
        if isinstance(found, HttpResponse):
            return found
        asked: Half = request  # type: ignore[assignment]
        asked.half = Known(found.user, found.now, session.lacks_second(request, found.choices))
        if not asked.half.lacks_second:
            request.acting = found  # type: ignore[attr-defined] # draws the menu
        with years_of_reader(found.user.western_years):
            return private(page(asked, *args, **kwargs))

    return cast(Plain[P], guarded)


def typed(request: HttpRequest) -> Post:
    """What was posted, as forms read it."""
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def private(response: HttpResponse) -> HttpResponse:
    """Personal pages stay in no cache: neither the browser's nor a proxy's."""
    response["Cache-Control"] = "no-store"
    return response


def _who(request: HttpRequest) -> Acting | HttpResponse:
    """Who asks, in their language; or what to answer to nobody, or to somebody without a term."""
    user = request.user
    if not isinstance(user, User):
        request.session.flush()
        return _to_sign_in(request)
    translation.activate(user.language)
    request.LANGUAGE_CODE = user.language
    acting = _acting(request, user)
    if acting is None:
        request.session.flush()
        return private(render(request, "pages/no_term.html", status=403))
    if not _asks_by_itself(request):
        session.used(request, acting.now)
    return acting


def _asks_by_itself(request: HttpRequest) -> bool:
    """Whether a page looks for news, or how long the session lasts: a desk nobody sits at does not go on."""
    return request.method == "GET" and "HX-Request" in request.headers


def _acting(request: HttpRequest, user: User) -> Acting | None:
    now = timezone.now()
    choices = tuple(members_of(user, timezone.localdate(now)))
    if not choices:
        return None
    wanted = request.session.get(CHOSEN)
    member = next((choice for choice in choices if str(choice.id) == wanted), choices[0])
    facts = member.facts()
    return Acting(user, member, facts, choices, now)


def _waiting(facts: MemberFacts, now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    statement = _statement(access.standpoint(facts, access.day(today)), today)
    return dict(zip(WAITS, statement.ask(now), strict=True))


@lru_cache(MOST)
def _statement(standpoint: access.Standpoint, today: date) -> Statement:
    """What waits depends on the day only, so any moment of it makes the same statement."""
    facts, member = standpoint.member, UUID(standpoint.member.id)
    now = timezone.make_aware(datetime.combine(today, time()))
    columns = {
        "unread": count_of(told_to(member, NOW).filter(read_at=None).annotate(about=ABOUT), "about"),
        "received": count_of(inbox.unread(facts, now)),
        "stuck": count_of(mending.listed(facts, now)),
        "unsent": count_of(unsent.listed(facts, now)),
        "named": count_of(guarding.named_to_confirm(facts, now)),
        "ends": count_of(guarding.ends_to_decide(facts, now)),
        "disposals": count_of(listing.to_approve(facts, now)),
        "merges": count_of(merging.to_confirm(facts, now)),
        "endings": count_of(ending.to_agree(facts, now)),
        "known_hints": ArraySubquery(KnownHint.objects.filter(member=member).values("page")),
    }
    found = Member.objects.filter(pk=member).annotate(**columns).values_list(*WAITS)
    return Statement(*found.query.sql_with_params())


def count_of(rows: QuerySet[Any], each: str = "pk") -> Coalesce:
    """How many different `each` the rows have, as a column of another query."""
    # The keys of rows are different by themselves; to sort them out again would cost a list its speed.
    number = Count(each, distinct=each != "pk")
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=number).values("n")
    return Coalesce(Subquery(counted), 0)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return _to(request, reverse("pages:signin"), back)


def _to(request: HttpRequest, door: str, back: str = "") -> HttpResponse:
    """To a door; a fragment cannot show it, so the browser is told to go there."""
    if request.headers.get("HX-Request"):
        return private(HttpResponse(status=401, headers={"HX-Redirect": door}))
    return private(redirect(f"{door}?{back}" if back else door))
