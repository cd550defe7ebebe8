"""What the door is measured against: the same rows written by hand, and by django-fsm with the ORM."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from backend.cases import statements
from backend.cases.decisionlog import DecisionLog
from backend.cases.models import Blob, Case, Effect, Key, Step, Timer
from backend.cases.pinned import pinned

_KEY = (
    'INSERT INTO cases_key (actor, key, digest, "case", seq, created_at)'
    " VALUES (%(actor)s, %(key)s, %(digest)s, %(id)s, 0, %(now)s) RETURNING id"
)
Values = dict[str, Any]


def renewed(values: Values, case: UUID) -> Values:
    """Recorded parameters as they would be for another case: other ids, the same sizes."""
    key = uuid4().hex
    head = hashlib.sha256(case.bytes + values["hash"]).digest()
    prev = hashlib.sha256(case.bytes + values["prev"]).digest()
    digest = hashlib.sha256(key.encode()).digest()
    ids = {"id": case, "key": key, "digest": digest, "hash": head, "head": head, "prev": prev}
    return {
        **values,
        **ids,
        "beside": [(sql, _anew(params, values, case)) for sql, params in values["beside"]],
    }


def _anew(beside: Values, values: Values, case: UUID) -> Values:
    """The parameters of a row beside a step, for another case; the row's own id is a new one."""
    return {
        name: case if value == values["id"] else uuid4() if name == "id" else value
        for name, value in beside.items()
    }


def by_hand(connection_: "psycopg.Connection[Any]", recorded: list[Values]) -> None:
    """The floor: psycopg writing every row of each step in one transaction, nothing checked, nothing read."""
    case = uuid4()
    for number, values in enumerate(recorded):
        mine = renewed(values, case)
        statement = statements.WRITE_START if number == 0 else statements.WRITE_STEP
        with connection_.transaction():
            row = connection_.execute(_KEY, mine, prepare=True).fetchone()
            mine["key_id"] = row[0] if row else None
            connection_.execute(statement, mine, prepare=True)
            for sql, params in mine["beside"]:
                connection_.execute(sql, params, prepare=True)


def by_orm(recorded: list[Values], names: list[str]) -> None:
    """django-fsm with the ORM, as one would write it plainly: lock, transition, save, create the rows."""
    case_id = uuid4()
    machine = pinned(recorded[0]["definition"]).machine
    model = cast(type[Case], machine.model)
    for values, name in zip(recorded, names, strict=True):
        mine = renewed(values, case_id)
        with transaction.atomic():
            Key.objects.create(
                actor=mine["actor"],
                key=mine["key"],
                digest=mine["digest"],
                case=case_id,
                seq=mine["seq"],
                created_at=timezone.now(),
            )
            if values["seq"] == 1:
                case = model(id=case_id, number=case_id.hex[:20], **_columns(mine))
                case.save(force_insert=True)
            else:
                case = model._default_manager.select_for_update().get(pk=case_id)
                if case.state != mine["target"]:
                    machine.apply(case, name)
                case.revision, case.head = mine["seq"], mine["head"]
                case.save()
            _rows(case, mine)
            with connection.cursor() as cursor:
                for sql, params in mine["beside"]:
                    cursor.execute(sql, params)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values[name] for name in statements.MOVABLE}
    found |= {"facts": json.loads(values["facts"]), "watchers": json.loads(values["watchers"])}
    extra = {"workflow": values["workflow"], "definition": values["definition"]}
    return {**found, **extra, "opened_at": values["now"], "reporter_id": values["reporter"]}


def _rows(case: Case, values: Mapping[str, Any]) -> None:
    Step.objects.create(
        case=case,
        seq=values["seq"],
        action=values["action"],
        from_state=values["source"],
        to_state=values["target"],
        actor_id=values["actor"],
        recorded_at=values["now"],
        form=values["form"],
        form_hash=values["form_hash"],
        rules=json.loads(values["rules"]),
        body=values["body"],
        prev=values["prev"],
        hash=values["hash"],
    )
    DecisionLog.objects.create(
        at=values["now"],
        member=values["actor"],
        action=values["action"],
        kind="case",
        case=case.id,
        seq=values["seq"],
        inputs=json.loads(values["inputs"]),
        salt=values["salt"],
        outcome="allow",
        rules=json.loads(values["rules"]),
        policies=values["policies"],
    )
    pieces = zip(values["kinds"], values["categories"], values["contents"], values["salts"], strict=True)
    Blob.objects.bulk_create(
        Blob(
            case=case, seq=values["seq"], ordinal=n, kind=kind, category=category, content=content, salt=salt
        )
        for n, (kind, category, content, salt) in enumerate(pieces)
    )
    if values["replan"]:
        Timer.objects.filter(case=case).delete()
    timers = zip(
        values["timer_kinds"],
        values["timer_stages"],
        values["timer_ats"],
        values["timer_tos"],
        values["timer_letters"],
        strict=True,
    )
    Timer.objects.bulk_create(
        Timer(case=case, entry_seq=values["seq"], kind=kind, stage=stage, at=at, to=to, letter=letter)
        for kind, stage, at, to, letter in timers
    )
    effects = zip(values["effect_kinds"], values["effect_targets"], values["effect_payloads"], strict=True)
    Effect.objects.bulk_create(
        Effect(
            case=case,
            seq=values["seq"],
            controller=case.controller,
            kind=kind,
            target=target,
            ordinal=n,
            payload=json.loads(payload),
            not_before=values["now"],
        )
        for n, (kind, target, payload) in enumerate(effects)
    )


def raw_connection() -> "psycopg.Connection[Any]":
    """A bare psycopg connection with the application's rights to the database in use."""
    settings: Any = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"],
        user=settings["USER"],
        password=settings["PASSWORD"] or None,
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        autocommit=True,
    )
