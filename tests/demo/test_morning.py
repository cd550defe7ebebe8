"""What waits in the demo city beside its cases: each page that gathers such things has something to show."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.cases import mending, verifying
from backend.cases.looks import Look
from backend.cases.mended import Mended
from backend.cases.models import Step
from backend.demo import lives, morning, timeline
from backend.demo.cast import member_id
from backend.demo.city import SEED, build
from backend.demo.loading import load
from backend.demo.scenes import Casting
from backend.disposal.models import DisposalList
from backend.letters.models import IssuedLetter
from backend.letters.printing import posting
from backend.letters.printing.models import PrintFile
from backend.people import duplicates
from backend.people.doubles import Pair
from backend.people.models import Member
from backend.runs.models import Proposal
from backend.sharing.consents import watching

CITY = build()


@pytest.fixture(params=[lives.NOW, lives.LAST], ids=str)
def now(request: pytest.FixtureRequest) -> datetime:
    """The first and the last moment the city is told at."""
    moment: datetime = request.param
    return moment


@pytest.fixture
def city(
    committed_db: None, tmp_path: Path, settings: Any, now: datetime
) -> None:  # a seal has a transaction of its own
    """The cases the morning speaks of, with their letters."""
    settings.SEAL_KEY, settings.VAR = str(tmp_path / "key.pem"), tmp_path
    told = morning.wanted()
    rows = [*told["looks"], *told["letters"]["returned"], *told["stuck"].values()]
    named = {row["about"] for row in rows} | {f"case/{number}" for number in range(300, 306)}
    load(CITY)
    every = {it.key: it for it in lives.scripts(Casting(CITY, date(2026, 1, 5)), SEED, now)}
    scripts = [every[key] for key in sorted(named | {"case/022"})]
    timeline.play(scripts, (), today=now, tell=lambda done, everything: None)
    morning.prepare(now)


def counted() -> list[object]:
    """The letters by their state, and how many rows each page draws from."""
    letters = Counter(IssuedLetter.objects.values_list("state", flat=True))
    tables = (Pair, Proposal, DisposalList, PrintFile, Look, Mended, Step)
    return [letters, *(table._default_manager.count() for table in tables)]


def test_every_page_has_something_to_show_and_done_again_nothing_changes(city: None, now: datetime) -> None:
    told, before, today = morning.wanted(), counted(), now.date()
    flagged = watching.unusual("city", *watching.last_days(today))
    made = DisposalList.objects.get()
    supervisor = Member.objects.get(pk=member_id("supervisor")).facts()

    assert not any(file.counts.exists() for file in PrintFile.objects.filter(business_date=today))
    assert len(posting.unchecked("city")) == len(told["letters"]["returned"])
    assert len(flagged) == len(told["looks"])
    assert {why for one in flagged for why in one.why} >= {"outside_hours", "not_own_caseload", "same_name"}
    assert made.items.filter(kind="case").count() == len(told["disposal"]["listed"])
    stuck = {(row.kind, row.state, row.failure["code"]) for row in mending.stuck(supervisor, now)}
    assert stuck == {("letter", "dead", "character"), ("mail", "unclear", "interrupted")}
    assert (made.approved_at, Proposal.objects.count()) == (None, 6)
    for username in ("caseworker", "csw"):
        assert duplicates.waiting(Member.objects.get(user__username=username), today), username

    morning.prepare(now)

    assert counted() == before
    assert [proof for proof in (verifying.verify(), *verifying.prove_others()) if proof.broken] == []
