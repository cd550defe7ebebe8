"""A supervisor's morning: what is late, who is away, to whose desk the cases go, and why one may."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Case
from backend.demo.cast import member_id
from tests.browser import checks
from tests.cases.conftest import answers, do


@pytest.fixture
def late_case(office):
    """A case of the caseworker that was due yesterday."""
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    done = do(actions.start("referral", **given), "triage", answers("triage", urgency="C"))
    done = do(done, "assign", answers("assign", assigned_to=str(member_id("caseworker"))))
    Case.objects.filter(pk=done.case).update(due_at=timezone.now() - timedelta(days=1))
    return Case.objects.get(pk=done.case)


@pytest.mark.parametrize(("lang", "width", "said"), [("ja", 1366, "移しました"), ("en", 375, "moved")])
def test_late_cases_of_somebody_away_are_on_another_desk(sign_in, picture, late_case, lang, width, said):
    page = sign_in("supervisor", lang=lang, width=width)
    page.goto("/board/")
    page.locator("form.counted button").click()
    page.wait_for_load_state()
    assert "\n".join([*checks.accessible(page), *checks.whole(page, lang), *checks.reachable(page)]) == ""
    picture(page, "board")

    page.locator(".lead-tiles a.is-late").click()
    assert late_case.number in page.locator("table.rows").inner_text()

    page.goto(f"/board/move/{member_id('caseworker')}/?to={member_id('supervisor')}")
    page.locator("#why").select_option("leave")
    picture(page, "plan")
    page.locator("[data-main]").click()
    page.wait_for_selector(".outcomes")
    picture(page, "moved")

    assert said in page.locator(".outcomes").inner_text()
    assert Case.objects.get(pk=late_case.pk).assignee_id == member_id("supervisor")
