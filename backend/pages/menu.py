"""The main menu, once: its sections, which pages stand in them, for whom, and what waits there.

Leaving an entry out is a courtesy; whether a page opens is decided by the policies when it is asked for.
Whoever adds a page adds its line in the section it belongs to.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from backend.jobs.webhooks import keeping
from backend.pages.acting import Acting
from backend.pages.seeing import FIELD_ROLES


def everybody(acting: Acting) -> bool:
    return True


def roles(*names: str) -> Callable[[Acting], bool]:
    return lambda acting: acting.facts.role in names


STAFF = roles("caseworker", "supervisor", "csw_staff", "privacy_officer")


@dataclass(frozen=True)
class Entry:
    """One line of the menu: the page by the name of its address, and the pages that belong under it.

    `count` says how much waits there, `counted` what is counted, for those who hear the page read.
    """

    page: str
    title: Any
    under: Collection[str] = ()
    shown: Callable[[Acting], bool] = everybody
    count: Callable[[Acting], int] = lambda acting: 0
    counted: Any = ""

    def here(self, name: str) -> bool:
        """Whether the page of that name is this entry's."""
        return name == self.page or name in self.under


@dataclass(frozen=True)
class Section:
    """Entries that belong together, under one heading."""

    title: Any
    entries: tuple[Entry, ...]


MENU = (
    Section(
        _("Work"),
        (
            Entry(
                "field",
                _("Today's watch"),
                ("field_visit", "field_help"),
                lambda acting: acting.facts.role in FIELD_ROLES,
            ),
            Entry(
                "work",
                _("My work"),
                (
                    "case",
                    "act",
                    "erase",
                    "erasure",
                    "work_later",
                    "work_back",
                    "work_assign",
                    "work_letters",
                    "identify",
                ),
            ),
            Entry("approvals", _("Approvals")),
        ),
    ),
    Section(
        _("Intake"),
        (
            Entry("begin", _("Report and receive"), ("start",)),
            Entry("key_in", _("Paper"), ("papers",)),
            Entry("cards", _("Paper cards"), ("card_appointed",), roles("supervisor")),
            Entry(
                "keys_members",
                _("Passkeys of the members"),
                (),
                roles("supervisor", "privacy_officer"),
                count=lambda acting: acting.waiting["endings"],
                counted=_("to be decided"),
            ),
            Entry("slips_key", _("Slips of visits"), ("slips",), lambda acting: acting.calls),
            Entry("report_places", _("Stickers for places"), (), lambda acting: acting.calls),
        ),
    ),
    Section(
        _("People"),
        (
            Entry("persons", _("Find a person"), ("person", "person_new", "person_edit", "household")),
            Entry(
                "doubles",
                _("Registered twice?"),
                ("double", "doubles_of"),
                roles("caseworker", "supervisor", "csw_staff", "privacy_officer"),
                count=lambda acting: acting.waiting["merges"],
                counted=_("to be decided"),
            ),
            Entry("glass", _("Open in an emergency")),
        ),
    ),
    Section(
        _("Sharing"),
        (
            Entry(
                "received",
                _("Received"),
                ("received_package",),
                count=lambda acting: acting.waiting["received"],
                counted=_("opened by nobody yet"),
            ),
            Entry("councils", _("Meetings"), ("council",)),
            Entry(
                "channels",
                _("Other systems"),
                ("channel", "channel_new"),
                shown=lambda acting: keeping.may_any(acting.facts, acting.now),
            ),
        ),
    ),
    Section(
        _("Letters"),
        (
            Entry(
                "post",
                _("Post"),
                ("stationery", "stationery_list"),
                shown=roles("caseworker", "supervisor", "csw_staff"),
            ),
            Entry("calls", _("Tell by telephone"), ("called", "field_kept"), lambda acting: acting.calls),
        ),
    ),
    Section(
        _("Runs and figures"),
        (
            Entry(
                "board",
                _("How the section stands"),
                ("board_cases", "leave", "move"),
                roles("supervisor"),
            ),
            Entry("runs", _("Automated runs"), ("run",), roles("supervisor")),
            Entry(
                "inbox",
                _("What got stuck"),
                ("inbox_decide", "inbox_mail"),
                shown=lambda acting: acting.mends,
                count=lambda acting: acting.waiting["stuck"] + acting.waiting["unsent"],
                counted=_("to be decided"),
            ),
        ),
    ),
    Section(
        _("Personal data"),
        (
            Entry(
                "protected",
                _("Protected persons"),
                ("guarded",),
                roles("privacy_officer", "supervisor"),
                count=lambda acting: acting.waiting["named"] + acting.waiting["ends"],
                counted=_("to be decided"),
            ),
            Entry("registers", _("Registers"), ("register_note", "register_end"), roles("privacy_officer")),
            Entry("looks", _("Unusual looks"), shown=roles("privacy_officer")),
            Entry(
                "retention",
                _("Retention that is over"),
                ("disposal", "hold", "hold_end"),
                roles("privacy_officer", "supervisor"),
                count=lambda acting: acting.waiting["disposals"],
                counted=_("to be decided"),
            ),
        ),
    ),
    Section(
        _("Rules"),
        (
            Entry(
                "rules",
                _("Rules and forms"),
                ("rules_workflow", "rules_form", "rules_policy", "rules_difference"),
            ),
            Entry("design", _("How pages are built"), shown=STAFF),
        ),
    ),
)
