"""From a step to the receivers: one delivery for each subscription, each tried until it is taken."""

import json
import time
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from backend.cases.effects import EffectError, Hopeless, handler
from backend.cases.failing import Code
from backend.cases.models import Effect, Step
from backend.cases.wake import effects_ready
from backend.jobs.models import Delivery, Subscription
from backend.jobs.webhooks import calling, signing

WEBHOOK, DELIVER = "webhook", "deliver"


@handler(WEBHOOK)
def fan_out(effect: Effect) -> None:
    """Make a delivery, with its body fixed now, for every subscription that wants the event."""
    step = Step.objects.get(case=effect.case, seq=effect.seq)
    body = _body(effect, step.recorded_at)
    now = timezone.now()
    ids = []
    for subscription in _wanting(effect):
        made, new = Effect.objects.get_or_create(
            case=effect.case,
            seq=effect.seq,
            kind=DELIVER,
            target=str(subscription.id),
            ordinal=effect.ordinal,
            defaults={"not_before": now, "controller": effect.controller},
        )
        if new:
            Delivery.objects.create(
                id=uuid4(), subscription=subscription, effect=made, body=body, made_at=now
            )
            ids.append(made.id)
    if ids:
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=ids))


def _wanting(effect: Effect) -> list[Subscription]:
    """Whoever subscribed to the event in the case's controller: all its cases, or those they received."""
    theirs = Q(organisation=None) | Q(organisation=effect.case.receiver_id)
    rows = Subscription.objects.filter(theirs, controller=effect.case.controller, ended_at=None)
    return list(rows.filter(events__contains=[effect.target]).order_by("made_at", "id"))


def _body(effect: Effect, at: datetime) -> str:
    """The message, as Standard Webhooks lays it out: ids and the name of the event, nothing of the case."""
    message = {
        "type": effect.target,
        "timestamp": at.isoformat(),
        "data": {"case": str(effect.case_id), "step": effect.seq},
    }
    return json.dumps(message, separators=(",", ":"))


@handler(DELIVER, mode="commits")
def deliver(effect: Effect) -> None:
    """Send one delivery. It may arrive twice, under the same id; a subscription that ended gets none."""
    delivery = Delivery.objects.select_related("subscription").get(effect=effect)
    subscription, body = delivery.subscription, delivery.body.encode()
    if subscription.ended_at is not None:
        return
    signed = signing.headers(subscription, str(delivery.id), int(time.time()), body)
    try:
        status = calling.post(subscription.url, signed, body)
    except calling.NotAllowed as error:
        _tried(delivery, None)
        raise Hopeless(f"this address may not be called: {error}", Code.ADDRESS) from error
    except OSError as error:
        _tried(delivery, None)
        said = f"the receiving system does not answer: {type(error).__name__}"
        raise EffectError(said, Code.RECEIVER) from error
    _tried(delivery, status)
    if not 200 <= status < 300:
        raise EffectError(f"the receiving system answered {status}", Code.RECEIVER)


def _tried(delivery: Delivery, status: int | None) -> None:
    now = timezone.now()
    done = {"delivered_at": now} if status is not None and 200 <= status < 300 else {}
    Delivery.objects.filter(id=delivery.id).update(tries=F("tries") + 1, tried_at=now, status=status, **done)


def replay(delivery: Delivery) -> bool:
    """Send a delivery once more, under the same id. False while it is on its way anyway."""
    again = Effect.objects.filter(id=delivery.effect_id).exclude(
        state__in=(Effect.State.READY, Effect.State.CLAIMED)
    )
    if not again.update(state=Effect.State.READY, attempts=0, not_before=timezone.now()):
        return False
    effects_ready.send(sender=None, effects=[delivery.effect_id])
    return True
