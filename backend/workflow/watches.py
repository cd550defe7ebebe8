"""What a watch teaches the case, and when a visit is to be told at once (見守り)."""

from typing import Any

from backend.workflow.registry import guard, in_transaction
from backend.workflow.situation import Situation


@in_transaction("set_watchers", reads=("watcher", "watcher_2"), sets=("watchers",))
def set_watchers(situation: Situation) -> dict[str, Any]:
    """Who watches from now on (member ids); whoever watched before does not any more."""
    named = [str(situation.answer(name) or "") for name in ("watcher", "watcher_2")]
    return {"watchers": [one for one in dict.fromkeys(named) if one]}


@in_transaction("set_alarm", sets=("imminent",))
def set_alarm(situation: Situation) -> dict[str, Any]:
    """Somebody at the door says that something is wrong: danger until the office has made sure."""
    return {"imminent": True}


@guard(
    "visit_is_worrying",
    ja="「気になる」の記録ではありません。",
    en="The visit was not worrying.",
    reads=("result",),
)
def visit_is_worrying(situation: Situation) -> bool:
    return situation.answered("result", "worried")


@guard(
    "visit_is_alarming",
    ja="「異変」の記録ではありません。「見守りの様子を記録する」を使ってください。",
    en="Nothing was wrong. Use “Record a watch visit”.",
    reads=("result",),
)
def visit_is_alarming(situation: Situation) -> bool:
    return situation.answered("result", "alarm")


@guard(
    "visit_is_not_alarming",
    ja="「異変」の記録です。先に119番か110番へ電話し、「異変を知らせる」を使ってください。",
    en="Something is wrong. Call 119 or 110 first, then use “Report that something is wrong”.",
    reads=("result",),
)
def visit_is_not_alarming(situation: Situation) -> bool:
    return not situation.answered("result", "alarm")
