"""A seal on paper: what to file where nobody who runs the database can reach it, with a QR code to compare
by.
"""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from backend.answers.eras import era_date
from backend.letters.vector import qr
from backend.seals import body
from backend.seals.models import Seal


@dataclass(frozen=True)
class Paper:
    """What is printed of a seal."""

    installation: str
    number: int
    day: str
    at: datetime
    key: str
    public: str
    next_key: str
    hash: str
    previous: str
    root: str
    signature: str
    chains: int
    steps: int
    packages: int
    looks: int
    letters: list[str]
    witnesses: list[str]

    @property
    def line(self) -> str:
        """What the QR code holds: enough to tell whether a seal shown later is this one."""
        return f"{body.FORMAT} {self.installation} {self.number} {self.root} {self.hash} {self.signature}"


def paper(row: Seal) -> Paper:
    """A seal in words and digits."""
    said = body.read(bytes(row.body))
    at = timezone.localtime(row.at)
    return Paper(
        installation=said.installation,
        number=said.number,
        day=era_date(at.date()),
        at=at,
        key=said.key,
        public=said.public.hex(),
        next_key=body.fingerprint(said.next_public) if said.next_public else "",
        hash=bytes(row.hash).hex(),
        previous=said.previous.hex(),
        root=said.root.hex(),
        signature=bytes(row.signature).hex(),
        chains=said.chains,
        steps=said.steps,
        packages=said.disclosures["packages"],
        looks=said.looks,
        letters=[f"{one['symbol']} {one['year']}: {one['last']}" for one in said.letters],
        witnesses=[one.witness for one in row.countersignatures.order_by("id")],
    )


def page(row: Seal) -> str:
    """The sheet as a page of its own, to print; it loads nothing."""
    shown = paper(row)
    return render_to_string("seals/paper.html", {"seal": shown, "qr": qr(shown.line)})
