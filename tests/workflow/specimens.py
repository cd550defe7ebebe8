"""Small workflows to test with."""

from backend.workflow.content import read

WORDS = {"ja": "見本", "en": "specimen"}


def state(kind="ours", **more):
    """An open state with owner, deadline and escalation, or a final one."""
    watched = {
        "owner": "caseworker",
        "due": {"within": "1 business day"},
        "escalate": [{"after": "1 business day", "to": "supervisor"}],
    }
    base = {"title": WORDS, "citizen": WORDS, "not_yet": WORDS, "kind": kind}
    return {**base, **({} if kind in ("done", "stopped") else watched), **more}


def action(from_, to=None, cls="handle", **more):
    return {"title": WORDS, "class": cls, "from": from_, **({"to": to} if to else {}), **more}


def workflow(states, actions, name="specimen", start=None, **start_more):
    begin = {"action": "report", "title": WORDS, "class": "report", "state": start or next(iter(states))}
    return read(
        {
            "workflow": name,
            "title": WORDS,
            "purpose": WORDS,
            "start": {**begin, **start_more},
            "states": states,
            "actions": actions,
        }
    )


SMALL = workflow(
    {"received": state("new"), "handled": state(), "closed": state("done")},
    {
        "handle": action(["received"], "handled"),
        "wait": action(["handled"]),
        "undo": action(["handled"], "received"),
        "save": action(["handled"], "closed", cls="close", guard=["assignee_is_set", "answer_is_imminent"]),
    },
)
