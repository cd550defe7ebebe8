"""What is typed is kept while one types, through a lost connection, and goes on at another terminal."""

from urllib.parse import urlsplit

from tests.browser.journeys.filling import fill
from tests.cases.conftest import answers


def test_a_note_survives_a_lost_connection_and_goes_on_elsewhere(sign_in, picture):
    page = sign_in("caseworker")
    page.goto("/cases/new/referral/")
    needed = ("imminent", "channel", "reported_at", "reporter_type", "anonymous", "reporter_name", "area")
    seen = ("signs", "facts_seen", "abuse_suspected", "subject_aware", "consent_status")
    fill(page, {name: value for name, value in answers("detection_report").items() if name in needed + seen})
    page.locator("[data-main]").click()
    page.wait_for_url("**/cases/*-*/")
    note = f"{urlsplit(page.url).path}do/note/"

    page.goto(note)
    page.context.set_offline(True)
    page.locator("main [name=body]").fill("電話で聞いたこと。途中。")
    page.locator("[data-draft-lost]").wait_for()
    picture(page, "offline")
    page.context.set_offline(False)
    page.get_by_text("下書きを保存しました").wait_for()

    elsewhere = sign_in("caseworker", width=375)
    elsewhere.goto(note)

    assert elsewhere.locator("main [name=body]").input_value() == "電話で聞いたこと。途中。"
    picture(elsewhere, "elsewhere")
