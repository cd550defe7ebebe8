"""Leave and deputies (休みと代理): entered here, followed by every reminder and every approval."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend.cases.models import Notice
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.lead import words
from backend.people import leave as leaves
from backend.people.leave import Leave, LeaveError
from backend.people.models import Member

NOTICE = "deputy"


class LeaveForm(plain.Form):
    """From when to when somebody is away, and who stands in."""

    begins = plain.DayField(label=gettext_lazy("First day away"))
    ends = plain.DayField(label=gettext_lazy("Last day away"))
    deputy = plain.one_of(gettext_lazy("Who stands in"), ())


@require_http_methods(["GET", "POST"])
@signed_in
def leave(request: Asked, member_id: UUID) -> HttpResponse:
    """Enter, change or end the leave of one member of the staff."""
    acting = words.leader(request.acting)
    rows = list(leaves.staff(acting.facts.controller, acting.today))
    member = next((row for row in rows if row.pk == member_id), None)
    if member is None:
        raise Http404
    posted = request.POST if request.method == "POST" and "end" not in request.POST else None
    form = LeaveForm(posted, initial=_entered(member))
    form.fields["deputy"].choices = [  # type: ignore[attr-defined]
        ("", ""),
        *((str(row.pk), wording.member(row)) for row in rows if row.pk != member_id),
    ]
    if request.method == "POST" and "end" in request.POST:
        leaves.enter(member_id, None, acting.facts.controller, acting.today)
        messages.success(request, _("%(name)s: the leave was taken out.") % {"name": member.name})
        return redirect("pages:board")
    if posted is not None and form.is_valid():
        given = form.cleaned_data
        asked = Leave(UUID(given["deputy"]), given["begins"], given["ends"])
        try:
            leaves.enter(member_id, asked, acting.facts.controller, acting.today)
        except LeaveError as wrong:
            form.add_error("begins", str(wrong))
        else:
            _tell(member_id, asked, acting)
            messages.success(request, _("%(name)s: leave and deputy entered.") % {"name": member.name})
            return redirect("pages:board")
    shown = {"form": form, "member": member}
    return render(request, "pages/lead/leave.html", shown, status=422 if form.errors else 200)


def _entered(member: Member) -> dict[str, Any]:
    return {"begins": member.deputy_from, "ends": member.deputy_until, "deputy": str(member.deputy_id or "")}


def _tell(member: UUID, asked: Leave, acting: Acting) -> None:
    """Let the deputy know, once for each period."""
    key = f"{NOTICE}/{member}/{asked.deputy}/{asked.begins}/{asked.ends}"
    told = {"member_id": asked.deputy, "kind": NOTICE, "stage": str(member), "created_at": acting.now}
    Notice.objects.get_or_create(key=key, defaults=told)


def told(notice: Notice, lang: str) -> str:
    """What the notice to a deputy says, as the leave is entered now."""
    away = Member.objects.filter(pk=notice.stage, deputy=notice.member_id).first()
    if away is None or away.deputy_from is None or away.deputy_until is None:
        return _("You do not stand in for a colleague any more.")
    days = {"begins": wording.day(away.deputy_from, lang), "ends": wording.day(away.deputy_until, lang)}
    return _(
        "%(name)s is away from %(begins)s to %(ends)s. You stand in, and are told of their deadlines too."
    ) % {"name": away.name, **days}
