"""The story: one referral from detection to closure, carried by the cast. `data/story.yaml` tells it."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from backend.definitions.source import read_yaml
from backend.demo.acts import Act, Script, moment
from backend.demo.cast import identity, member_id

KEY = "story"
_FILE = Path(__file__).with_name("data") / "story.yaml"


@cache
def script() -> Script:
    """The story as acts, ready to be played."""
    told = _told()
    acts = tuple(_act(row) for row in told["acts"])
    return Script(KEY, told["workflow"], acts, identity(f"person/{told['person']}"), told["area"])


def mornings() -> tuple[datetime, ...]:
    """The moments at which the reminder run goes over the whole city."""
    return tuple(_moment(text) for text in _told()["mornings"])


@cache
def _told() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(_FILE, f"backend/demo/data/{_FILE.name}").value
    return content


def _act(row: dict[str, Any]) -> Act:
    said = row["told"]
    answers = {name: _meant(value) for name, value in row["answers"].items()}
    return Act(_moment(row["at"]), row["who"], row["action"], row["state"], answers, (said["ja"], said["en"]))


def _meant(value: Any) -> Any:
    """`@commissioner` is the member id of the commissioner."""
    if isinstance(value, str) and value.startswith("@"):
        return str(member_id(value[1:]))
    return value


def _moment(text: str) -> datetime:
    day, clock = text.split()
    return moment(date.fromisoformat(day), clock)
