"""Which other systems are told of events, as pages."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.jobs.models import Delivery, Subscription
from tests.operations import office

pytestmark = pytest.mark.django_db
URL = "https://hooks.example/tsunagu"
WANTED = {"url": URL, "events": ["referred"], "organisation": "center-nakahama"}


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.WEBHOOK_ORIGINS = ["https://hooks.example"]


@pytest.fixture
def channel(browser) -> Subscription:
    browser("supervisor").post("/channels/new/", WANTED)
    return Subscription.objects.get()


def delivery(channel, of, **effect) -> Delivery:
    sent = office.effect("deliver", str(channel.id), of=Case.objects.get(pk=of.case), **effect)
    return Delivery.objects.create(subscription=channel, effect=sent, body="{}", made_at=timezone.now())


def test_the_supervisor_tells_another_system_and_it_is_kept_who_did(channel, browser):
    page = browser("supervisor").get("/channels/").content.decode()

    assert (channel.controller, channel.made_by_id) == ("city", member_id("supervisor"))
    assert URL in page
    assert "つなぎ先に渡した" in page


def test_an_address_that_is_not_listed_is_refused_with_what_to_do(browser):
    answer = browser("supervisor").post("/channels/new/", {**WANTED, "url": "https://elsewhere.example/"})

    assert answer.status_code == 422
    assert "TSUNAGU_WEBHOOK_ORIGINS" in answer.content.decode()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("who", ["caseworker", "privacy", "commissioner"])
def test_nobody_else_finds_it_or_changes_it(channel, browser, who):
    client = browser(who)

    assert client.get("/channels/").status_code == 403
    assert client.get(f"/channels/{channel.id}/").status_code == 404
    assert client.post(f"/channels/{channel.id}/", {"do": "secret"}).status_code == 404


def test_another_controllers_system_is_not_there(channel, browser):
    Subscription.objects.update(controller="csw")

    client = browser("supervisor")

    assert URL not in client.get("/channels/").content.decode()
    assert client.post(f"/channels/{channel.id}/", {"do": "end"}).status_code == 404


def test_the_secret_is_shown_when_asked_for_and_a_new_one_is_another(channel, browser):
    client, address = browser("supervisor"), f"/channels/{channel.id}/"

    first, again, new = (client.post(address, {"do": do}) for do in ("secret", "secret", "renew"))

    [one], [same], [other] = (
        re.findall(r"whsec_[^<]+", page.content.decode()) for page in (first, again, new)
    )
    assert one == same != other
    assert "whsec_" not in client.get(address).content.decode()


def test_ended_it_stays_in_the_list_with_who_ended_it_and_is_ended_once(channel, browser):
    client, address = browser("supervisor"), f"/channels/{channel.id}/"

    client.post(address, {"do": "end"})
    again = client.post(address, {"do": "end"}, follow=True)

    channel.refresh_from_db()
    assert channel.ended_by_id == member_id("supervisor")
    assert "ほかの人が先に変えました" in again.content.decode()


def test_a_delivery_that_stopped_can_be_sent_once_more_and_tells_nothing_of_the_case(
    channel, triaged, browser
):
    sent = delivery(channel, triaged, state="dead")
    client = browser("supervisor")
    page = client.get(f"/channels/{channel.id}/").content.decode()
    assert "止まった" in page
    assert triaged.number not in page

    client.post(f"/channels/{channel.id}/{sent.id}/replay/")

    sent.effect.refresh_from_db()
    assert sent.effect.state == "ready"


def test_what_is_on_its_way_or_of_another_system_is_not_sent_again(channel, triaged, browser):
    sent = delivery(channel, triaged)
    client = browser("supervisor")

    page = client.post(f"/channels/{channel.id}/{sent.id}/replay/", follow=True).content.decode()

    assert "すでに送っている途中です" in page
    assert client.post(f"/channels/{channel.id}/{uuid4()}/replay/").status_code == 404
