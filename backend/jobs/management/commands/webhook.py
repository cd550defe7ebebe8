"""`tsunagu webhook`: whom other systems' webhooks go to, and what was delivered."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils import timezone

from backend.cases.errors import NotPossible
from backend.config.command import OfficeCommand
from backend.jobs.models import Delivery, Subscription
from backend.jobs.webhooks import calling, keeping, signing
from backend.people.models import Organisation
from backend.workflow import webhooks

SHOWN = 20


def ident(text: str) -> UUID:
    """An id as `list` and `deliveries` show it. Raises ArgumentTypeError for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no id; `list` and `deliveries` show them") from None


class Command(OfficeCommand):
    help = "Tell other systems of events by webhook: add, list and end subscriptions; look at deliveries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True, metavar="WHAT")
        add = does.add_parser("add", help="subscribe an address; its secret is printed")
        add.add_argument("url", help="where to post to; its origin must be in TSUNAGU_WEBHOOK_ORIGINS")
        add.add_argument("--events", required=True, help="names of events, separated by commas")
        add.add_argument("--controller", required=True, help="whose cases: city, csw, …")
        add.add_argument("--organisation", help="only cases referred to this organisation (its code)")
        does.add_parser("list", help="the subscriptions")
        for name, says in (
            ("secret", "print the secret of a subscription again"),
            ("renew", "give a subscription a new secret; the old one signs nothing more"),
            ("end", "end a subscription; what waits is not sent"),
            ("deliveries", f"the last {SHOWN} deliveries of a subscription"),
        ):
            does.add_parser(name, help=says).add_argument("id", type=ident, metavar="SUBSCRIPTION")
        again = does.add_parser("replay", help="send a delivery once more, under the same id")
        again.add_argument("id", type=ident, metavar="DELIVERY")

    def handle(self, *_args: Any, does: str, **options: Any) -> None:
        if does == "add":
            self._add(**options)
        elif does == "list":
            self._list()
        elif does == "replay":
            self._replay(options["id"])
        else:
            subscription = Subscription.objects.filter(id=options["id"]).first()
            if subscription is None:
                raise CommandError("There is no such subscription; `tsunagu webhook list` shows them.")
            getattr(self, f"_{does}")(subscription)

    def _add(self, url: str, events: str, controller: str, organisation: str | None, **_more: Any) -> None:
        known = sorted(webhooks.known())
        wanted = sorted({name.strip() for name in events.split(",") if name.strip()})
        unknown = [name for name in wanted if name not in known]
        if unknown or not wanted:
            said = ", ".join(unknown) or "none given"
            raise CommandError(f"No such event: {said}. Known: {', '.join(known)}.")
        if not Organisation.objects.filter(controller=controller).exists():
            raise CommandError(f"No organisation belongs to the controller {controller!r}.")
        if organisation and not Organisation.objects.filter(code=organisation).exists():
            raise CommandError(f"There is no organisation {organisation!r}.")
        made = Subscription(
            controller=controller,
            url=url,
            events=wanted,
            organisation_id=organisation,
            made_at=timezone.now(),
        )
        try:
            keeping.keep(made)
        except calling.NotAllowed as error:
            raise CommandError(f"This address may not be called: {error}.") from error
        self.stdout.write(signing.secret(made))
        self.stderr.write(f"Subscribed as {made.id}. Give the secret above to those who run the system.")

    def _list(self) -> None:
        for row in Subscription.objects.order_by("made_at", "id"):
            state = f"ended {row.ended_at:%Y-%m-%d}" if row.ended_at else "active"
            about = row.organisation_id or "all cases"
            self.stdout.write(
                f"{row.id}  {state}  {row.controller}  {about}  {','.join(row.events)}  {row.url}"
            )

    def _secret(self, subscription: Subscription) -> None:
        self.stdout.write(signing.secret(subscription))

    def _renew(self, subscription: Subscription) -> None:
        keeping.renew(subscription)
        self._secret(subscription)

    def _end(self, subscription: Subscription) -> None:
        try:
            keeping.end(subscription, None, timezone.now())
        except NotPossible:
            raise CommandError(f"{subscription.id} has ended already.") from None
        self.stdout.write(f"{subscription.id} has ended.")

    def _deliveries(self, subscription: Subscription) -> None:
        rows = subscription.deliveries.select_related("effect").order_by("-made_at", "id")
        for row in rows[:SHOWN]:
            last = f"{row.tried_at:%Y-%m-%d %H:%M}" if row.tried_at else "-"
            answer = row.status or "no answer" if row.tries else "-"
            state = "delivered" if row.delivered_at else row.effect.state
            self.stdout.write(f"{row.id}  {state}  tries {row.tries}  last {last}  {answer}")

    def _replay(self, delivery_id: UUID) -> None:
        delivery = Delivery.objects.select_related("subscription").filter(id=delivery_id).first()
        if delivery is None:
            raise CommandError("There is no such delivery; `tsunagu webhook deliveries` shows them.")
        try:
            keeping.replay(delivery.subscription, delivery_id)
        except NotPossible:
            raise CommandError("It is on its way already, or its subscription has ended.") from None
        self.stdout.write("It is sent once more, under the same id.")
