"""知らせる相手のシステム: which other systems are told of events by webhook, and what was delivered."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.cases.errors import DoorError, NotFound, NotPossible
from backend.cases.models import Effect
from backend.jobs.models import Delivery, Subscription
from backend.jobs.webhooks import calling, keeping, signing
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.people.models import Organisation
from backend.workflow import webhooks

SHOWN = 50


@dataclass(frozen=True)
class Channel:
    """A subscription in words."""

    id: UUID
    url: str
    events: str
    about: str
    made: str
    ended: str


@dataclass(frozen=True)
class Sent:
    """A delivery in words; `again` where it can be sent once more."""

    id: UUID
    when: str
    state: str
    failed: bool
    tries: int
    answer: str
    again: bool


class ChannelForm(plain.Form):
    """Another system to be told."""

    url = plain.text(gettext_lazy("Address of the other system (https://…)"), calling.LONGEST)
    events = plain.some_of(gettext_lazy("What it is told of"), ())
    organisation = plain.one_of(gettext_lazy("Only cases referred to"), (), required=False)

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        lang = wording.language()
        self.fields["events"].choices = [(name, text.in_language(lang)) for name, text in _events()]  # type: ignore[attr-defined]
        bodies = Organisation.objects.order_by("type", "code")
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            ("", _("All cases")),
            *((body.code, body.called(lang)) for body in bodies),
        ]


@require_safe
@signed_in
def channels(request: Asked) -> HttpResponse:
    """Which systems are told of what, and those that were."""
    acting = _keeper(request)
    rows = keeping.kept(acting.facts, acting.now)
    shown = {
        "open": [_channel(row, acting.lang) for row in rows if row.ended_at is None],
        "over": [_channel(row, acting.lang) for row in rows if row.ended_at is not None],
    }
    return render(request, "pages/office/channels.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def add(request: Asked) -> HttpResponse:
    """Subscribe another system."""
    acting = _keeper(request)
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = Subscription(
            url=given["url"], events=sorted(given["events"]), organisation_id=given["organisation"] or None
        )
        try:
            made = keeping.subscribe(wanted, acting.member, acting.now)
        except NotPossible as error:
            form.add_error("url", str(error))
        else:
            messages.success(request, _("Kept. Give its secret to those who run the other system."))
            return redirect("pages:channel", made.id)
    shown = {"form": form, "title": _("Tell another system")}
    return render(request, "pages/office/channel_new.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def channel(request: Asked, channel_id: UUID) -> HttpResponse:
    """One system: what was delivered; posted, its secret is shown or renewed, or it ends."""
    acting, row = request.acting, _find(request, channel_id)
    if request.method != "POST":
        return _draw(request, row)
    does = request.POST.get("do", "")
    if does == "end":
        try:
            keeping.end(row, acting.member, acting.now)
            messages.success(request, _("Ended. Nothing more is sent to it."))
        except NotPossible as error:
            messages.error(request, str(error))
        return redirect("pages:channels")
    if does not in ("secret", "renew"):
        raise Http404
    if does == "renew":
        keeping.renew(row)
    return _draw(request, row, secret=signing.secret(row))


@require_POST
@signed_in
def replay(request: Asked, channel_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a delivery once more, under the same id."""
    row = _find(request, channel_id)
    try:
        keeping.replay(row, delivery_id)
        messages.success(request, _("It is sent once more, under the same id."))
    except NotFound:
        raise Http404 from None
    except DoorError as error:
        messages.error(request, str(error))
    return redirect("pages:channel", row.id)


def _keeper(request: Asked) -> Acting:
    """Who keeps the channels of their controller. Raises PermissionDenied for anybody else."""
    if not keeping.may_any(request.acting.facts, request.acting.now):
        raise PermissionDenied
    return request.acting


def _find(request: Asked, channel_id: UUID) -> Subscription:
    try:
        return keeping.find(channel_id, request.acting.facts, request.acting.now)
    except NotFound:
        raise Http404 from None


def _draw(request: Asked, row: Subscription, secret: str = "") -> HttpResponse:
    lang = request.acting.lang
    rows = row.deliveries.select_related("effect").order_by("-made_at", "id")[:SHOWN]
    shown = {
        "channel": _channel(row, lang),
        "sent": [_sent(one, row, lang) for one in rows],
        "secret": secret,
        "most": SHOWN,
    }
    return render(request, "pages/office/channel.html", shown)


def _channel(row: Subscription, lang: str) -> Channel:
    known = webhooks.known()
    names = (known[name].in_language(lang) if name in known else name for name in row.events)
    return Channel(
        id=row.id,
        url=row.url,
        events=wording.listed(names),
        about=row.organisation.called(lang) if row.organisation else _("All cases"),
        made=_by(row.made_at, row.made_by, lang),
        ended=_by(row.ended_at, row.ended_by, lang) if row.ended_at else "",
    )


def _sent(row: Delivery, channel: Subscription, lang: str) -> Sent:
    waits = row.effect.state in (Effect.State.READY, Effect.State.CLAIMED)
    stopped = row.effect.state in (Effect.State.DEAD, Effect.State.UNCLEAR)
    state = _("on its way") if waits else _("stopped") if stopped else _("delivered")
    if row.delivered_at is None and not waits and not stopped:
        state = _("left out")
    return Sent(
        id=row.id,
        when=wording.moment(row.tried_at or row.made_at, lang),
        state=state,
        failed=stopped,
        tries=row.tries,
        answer=str(row.status or _("no answer")) if row.tries else "",
        again=not waits and channel.ended_at is None,
    )


def _by(moment: Any, member: Any, lang: str) -> str:
    return f"{wording.moment_with_year(moment, lang)} {member.name if member else _('on the terminal')}"


def _events() -> Any:
    return sorted(webhooks.known().items())
