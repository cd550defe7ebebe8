"""The words a workflow may use. Who may do what is not among them: that is policy."""

# What a member is (people.models.Role holds the same codes; a test keeps them equal).
ROLES = frozenset(
    {
        "caseworker",
        "supervisor",
        "privacy_officer",
        "other_dept",
        "csw_staff",
        "welfare_commissioner",
        "chief_child_commissioner",
        "welfare_volunteer",
        "neighborhood_head",
        "agency_staff",
        "business_partner",
        "auditor",
        "system",
    }
)

# Action classes: each is an action group in the policies.
CLASSES = frozenset(
    {
        "report",
        "triage",
        "handle",
        "consent",
        "assign",
        "refer",
        "transfer",
        "respond",
        "visit",
        "plan",
        "approve",
        "close",
        "cancel",
        "reopen",
        "note",
        "correct",
        "extend",
        "hold",
        "issue",
        "break_glass",
        "convene",
        "attend",
        "follow_up",
        "begin",
    }
)

# What every case can do in every open state, given by the engine (`cases.generic`), and its class.
GENERIC_ACTIONS = {
    "assign": "assign",
    "pass_on": "assign",
    "note": "note",
    "attach": "note",
    "identify": "handle",
    "follow": "handle",
    "correct": "correct",
    "erase": "approve",
    "extend": "extend",
    "hold": "hold",
    "resume": "hold",
    "break_glass": "break_glass",
}

# Classes whose decision is a decision to disclose: only these may send a person's data out of the office.
DISCLOSING = frozenset({"refer", "transfer", "approve"})

KINDS = ("new", "ours", "theirs", "done", "stopped")
FINAL_KINDS = frozenset({"done", "stopped"})

# To whom an escalation goes, besides any role: the supervisor of the supervisor of whoever is in charge.
ABOVE = "supervisor_above"

# To whom a letter, notice or reminder goes, besides any role.
ADDRESSEES = frozenset({"assignee", "owner", "person", "receiver", "reporter", "watchers"})
OUTSIDE = frozenset({"receiver"})

# The one who reported hears these and nothing else (DOMAIN R30).
PHRASES = frozenset({"received", "being_handled", "finished"})
PHRASE_LETTERS = frozenset({"acknowledgement"})

# What a deadline may depend on, beside imminent danger: urgency, kind of abuse.
URGENCIES = ("A", "B", "C", "D")
ABUSE = ("child", "elder", "disability", "dv")
