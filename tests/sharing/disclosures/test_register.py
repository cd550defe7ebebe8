"""The register that rulings rest on: noted and ended by its keeper, asked on the day of the ruling."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Organisation
from backend.sharing.disclosures.models import Arrangement, NamedRecipient
from backend.sharing.disclosures.proposals import Proposal, Recipient
from backend.sharing.disclosures.provisions import provisions
from tests.pages.conftest import browser
from tests.sharing.disclosures.test_pages import text

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
CENTRE = "center-nakahama"


def typed(**changed: Any) -> dict[str, Any]:
    given = {
        "reference": "令和8年度第12号",
        "organisation": CENTRE,
        "valid_from": "R8.4.1",
        "valid_until": "",
    }
    return {**given, "purposes": ["service_linkage"], "categories": ["identity", "contact"], **changed}


@pytest.fixture
def contract(browser: Browser, cast: None) -> Arrangement:
    """The privacy officer noted an entrustment with the centre."""
    browser("privacy").post("/privacy/registers/new/contract/", typed())
    return Arrangement.objects.get()


def ruled(source: Done, today: date, category: str = "identity") -> Any:
    """What a ruling for the centre, on entrustment, would rest on."""
    case = Case.objects.select_related("person").get(pk=source.case)
    body = Organisation.objects.get(code=CENTRE)
    proposal = Proposal(
        source=case,
        recipient=Recipient("organisation", body.name, body),
        purpose="service_linkage",
        basis="pia_27_5_entrust",
        categories=(category,),
        left_out=frozenset(),
        until=None,
    )
    return provisions(proposal, (category,), today)[0][0]


def test_a_line_says_who_noted_it_and_when(browser: Browser, contract: Arrangement) -> None:
    assert (contract.noted_by_id, contract.controller) == (member_id("privacy"), "city")
    assert (contract.valid_from, contract.valid_until) == (date(2026, 4, 1), None)

    page = text(browser("privacy").get("/privacy/registers/"))

    assert "令和8年度第12号" in page
    assert "藤井 浩" in page
    assert "支援・サービスへのつなぎ" in page


def test_rulings_rest_on_it_from_its_first_day(contract: Arrangement, source: Done) -> None:
    found = ruled(source, date(2026, 4, 1))
    assert (found.relation, found.contract_active, found.contract_covers) == ("entrusted", True, True)

    assert not ruled(source, date(2026, 3, 31)).contract_active
    assert not ruled(source, date(2026, 4, 1), "finance").contract_covers


def test_rulings_rest_on_it_until_its_last_day(contract: Arrangement, source: Done) -> None:
    Arrangement.objects.update(valid_until=date(2027, 3, 31))

    assert ruled(source, date(2027, 3, 31)).contract_active
    assert not ruled(source, date(2027, 4, 1)).contract_active


def test_ended_it_opens_nothing_from_that_moment_and_stays_to_be_read(
    browser: Browser, contract: Arrangement, source: Done
) -> None:
    client = browser("privacy")
    assert ruled(source, timezone.localdate()).contract_active

    client.post(f"/privacy/registers/{contract.pk}/end/", {"reason": "契約の解除"})

    assert not ruled(source, timezone.localdate()).contract_active
    contract.refresh_from_db()
    assert contract.ended_by_id == member_id("privacy")
    assert "契約の解除" in text(client.get("/privacy/registers/"))


def test_it_ends_once_and_with_a_reason(browser: Browser, contract: Arrangement) -> None:
    client, path = browser("privacy"), f"/privacy/registers/{contract.pk}/end/"
    assert client.post(path, {"reason": ""}).status_code == 422
    client.post(path, {"reason": "満了"})

    page = client.post(path, {"reason": "もう一度"})

    assert "ほかの人が先に変えました" in text(page)
    assert Arrangement.objects.get().end_reason == "満了"


@pytest.mark.parametrize("lines", [Arrangement, NamedRecipient])
def test_the_application_can_delete_no_line(lines: Any) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        lines.objects.all()._raw_delete("default")


def test_a_purpose_names_no_other_party(browser: Browser, cast: None) -> None:
    browser("privacy").post("/privacy/registers/new/purpose/", typed(reference="ファイル簿3"))

    row = Arrangement.objects.get()
    assert (row.kind, row.organisation_id) == ("purpose", None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"organisation": ""}, "「相手の機関」を入れてください"),
        ({"purposes": []}, "「何のために」を入れてください"),
        ({"categories": ["my_number"]}, "選んでください"),
        ({"valid_until": "2026-03-31"}, "始まる日よりあと"),
        ({"valid_from": "きのう"}, "日付"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_the_reason(
    browser: Browser, cast: None, changed: dict[str, Any], told: str
) -> None:
    page = browser("privacy").post("/privacy/registers/new/contract/", typed(**changed))

    assert page.status_code == 422
    assert told in text(page)
    assert "令和8年度第12号" in text(page)  # what was typed is kept
    assert not Arrangement.objects.exists()


def test_there_are_three_kinds_of_lines(browser: Browser, cast: None) -> None:
    assert browser("privacy").get("/privacy/registers/new/rumour/").status_code == 404


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "csw", "receiver", "commissioner"])
def test_nobody_else_reads_or_keeps_it(browser: Browser, contract: Arrangement, who: str) -> None:
    client = browser(who)

    assert client.get("/privacy/registers/").status_code == 403
    assert client.post("/privacy/registers/new/contract/", typed()).status_code == 403
    assert client.post(f"/privacy/registers/{contract.pk}/end/", {"reason": "x"}).status_code == 403
    assert Arrangement.objects.filter(ended_at=None).count() == 1


def test_a_line_of_another_controller_is_not_reached(browser: Browser, contract: Arrangement) -> None:
    Arrangement.objects.update(controller="csw")

    client = browser("privacy")

    assert "令和8年度第12号" not in text(client.get("/privacy/registers/"))
    assert client.post(f"/privacy/registers/{contract.pk}/end/", {"reason": "x"}).status_code == 404


def test_many_lines_cost_no_more_queries_than_one(browser: Browser, contract: Arrangement) -> None:
    client = browser("privacy")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/privacy/registers/")
        return len(found.captured_queries)

    queries()
    few = queries()
    for number in range(5):
        Arrangement.objects.create(
            kind="joint_use",
            controller="city",
            organisation_id="csw",
            reference=str(number),
            valid_from=date(2026, 4, 1) + timedelta(days=number),
            noted_by_id=member_id("privacy"),
            noted_at=timezone.now(),
        )

    assert queries() == few


def test_a_corrected_line_stays_as_ended_and_the_right_one_takes_its_place(
    browser: Browser, contract: Arrangement, source: Done
) -> None:
    client, address = browser("privacy"), "/privacy/registers/new/contract/"
    begun = text(client.get(f"{address}?of={contract.pk}"))
    assert 'value="令和8年度第12号"' in begun
    assert 'value="令和8年4月1日"' in begun

    right = typed(categories=["identity", "contact", "finance"], reason="項目の書きもれ", of=contract.pk)
    client.post(address, right)

    old, new = Arrangement.objects.order_by("id")
    assert (old.end_reason, old.ended_by_id) == ("項目の書きもれ", member_id("privacy"))
    assert new.ended_at is None
    assert ruled(source, date(2026, 4, 1), "finance").contract_covers
    assert client.get(f"{address}?of={old.pk}").status_code == 404


def test_a_correction_that_cannot_be_leaves_the_line_as_it_is(
    browser: Browser, contract: Arrangement
) -> None:
    wrong = typed(valid_until="R8.3.31", reason="誤り", of=contract.pk)

    page = browser("privacy").post("/privacy/registers/new/contract/", wrong)

    assert page.status_code == 422
    assert Arrangement.objects.get().ended_at is None
