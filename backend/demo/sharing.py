"""Requests to share in the demo city. `data/sharing.yaml` tells them; played again, each is found done."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from backend.cases.models import Key
from backend.definitions.source import read_yaml
from backend.demo.acts import Script
from backend.demo.cast import member_id
from backend.sharing.disclosures import asking

_FILE = Path(__file__).with_name("data") / "sharing.yaml"


def wanted() -> dict[str, Any]:
    """The requests as the file tells them."""
    told: dict[str, Any] = read_yaml(_FILE, f"backend/demo/data/{_FILE.name}").value
    return told


def ask_all(now: datetime) -> None:
    """Ask for every one of them. Raises `DoorError`, and `RuntimeError` where one stands elsewhere."""
    told = wanted()
    actor, until = member_id(told["who"]), timezone.localdate(now + timedelta(days=asking.DAYS))
    for row in told["requests"]:
        source = Key.objects.get(key=Script(row["about"], "referral", ()).key_of(0)).case
        answers = {**told["usual"], **row["answers"], "source": str(source), "until": until.isoformat()}
        key = f"demo/sharing/{row['about'].removeprefix('case/')}"
        done = asking.ask(answers, actor=actor, key=key, at=now)
        if done.target != f"{asking.WORKFLOW}.{row['state']}":
            raise RuntimeError(f"{key}: the request is {done.target}, not {row['state']}")
