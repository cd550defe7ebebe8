"""Other systems are told of events: signed, at least once, only where allowed, without personal data."""

import ipaddress
import json
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from backend.cases import effects
from backend.cases.effects import Outcome
from backend.cases.models import Effect
from backend.jobs.models import Delivery, Subscription
from backend.jobs.webhooks import calling, delivering, keeping, signing
from tests.jobs.receiver import receiving
from tests.operations import office

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(settings):
    with receiving() as made:
        settings.WEBHOOK_ORIGINS = frozenset({made.origin})
        settings.WEBHOOK_NETWORKS = LOOPBACK
        yield made


def subscribe(receiver, **values) -> Subscription:
    given = {"controller": "city", "url": f"{receiver.origin}/hooks", "events": ["referred"]}
    return Subscription.objects.create(made_at=timezone.now(), **{**given, **values})


def referred(**values) -> Effect:
    return office.effect("webhook", "referred", of=office.case(**values), payload={})


def run_all() -> list[dict[Outcome, int]]:
    return [effects.run_due(), effects.run_due()]


@pytest.mark.django_db
def test_a_delivery_says_which_event_in_which_case_and_nothing_else(receiver):
    subscribe(receiver)
    effect = referred()

    run_all()

    [(headers, body)] = receiver.came
    message = json.loads(body)
    assert message["type"] == "referred"
    assert message["data"] == {"case": str(effect.case_id), "step": 1}
    assert set(message) == {"type", "timestamp", "data"}
    assert effect.case.number not in body.decode() + json.dumps(headers)


@pytest.mark.django_db
def test_a_receiver_checks_the_signature_with_any_standard_library(receiver):
    mine, others = subscribe(receiver), subscribe(receiver, events=["another"])
    referred()

    run_all()

    [(headers, body)] = receiver.came
    assert Webhook(signing.secret(mine)).verify(body, headers)
    later = str(int(headers["webhook-timestamp"]) + 1)
    for forged in ({"webhook-timestamp": later}, {"webhook-id": "x"}):
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.secret(mine)).verify(body, headers | forged)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.secret(others)).verify(body, headers)


@pytest.mark.django_db
def test_a_failed_delivery_is_tried_again_later_under_the_same_id(receiver):
    subscribe(receiver)
    referred()
    receiver.status = 503

    assert effects.run_due() == {Outcome.DONE: 1, Outcome.LATER: 1}

    waiting = Effect.objects.get(kind="deliver")
    assert waiting.last_error == "the receiving system answered 503"
    assert waiting.not_before > timezone.now() + timedelta(seconds=3)
    receiver.status = 204
    Effect.objects.update(not_before=timezone.now())
    assert effects.run_due() == {Outcome.DONE: 1}
    assert len({headers["webhook-id"] for headers, _body in receiver.came}) == 1
    assert len({body for _headers, body in receiver.came}) == 1
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.status, delivery.delivered_at is not None) == (2, 204, True)


@pytest.mark.django_db
def test_after_its_last_attempt_it_lies_in_the_inbox(receiver):
    subscribe(receiver)
    referred()
    receiver.status = 500
    effects.run_due(most=1)
    Effect.objects.filter(kind="deliver").update(attempts=39)

    assert effects.run_due() == {Outcome.DEAD: 1}


@pytest.mark.django_db
def test_a_delivery_is_replayed_under_its_id_and_not_while_it_is_on_its_way(receiver):
    subscribe(receiver)
    referred()
    run_all()
    delivery = Delivery.objects.get()

    assert delivering.replay(delivery)
    assert not delivering.replay(delivery)

    effects.run_due()
    assert [headers["webhook-id"] for headers, _body in receiver.came] == [str(delivery.id)] * 2


@pytest.mark.django_db
def test_each_subscription_is_told_of_its_own_controller_event_and_organisation(receiver):
    agency = office.organisation("center-nakahama", "center")
    wanted = subscribe(receiver, organisation=agency)
    subscribe(receiver, organisation=office.organisation("another", "another"))
    subscribe(receiver, controller="csw")
    subscribe(receiver, events=["closed"])
    subscribe(receiver, ended_at=timezone.now())
    referred(receiver=agency)

    run_all()

    assert [delivery.subscription for delivery in Delivery.objects.all()] == [wanted]


@pytest.mark.django_db
def test_a_subscription_that_ended_meanwhile_gets_nothing_more(receiver):
    mine = subscribe(receiver)
    referred()
    effects.run_due(most=1)
    Subscription.objects.filter(id=mine.id).update(ended_at=timezone.now())

    assert effects.run_due() == {Outcome.DONE: 1}
    assert receiver.came == []


@pytest.mark.django_db
def test_a_redirect_is_refused_and_never_followed(receiver):
    with receiving() as elsewhere:
        receiver.status, receiver.to = 307, f"{elsewhere.origin}/"
        subscribe(receiver)
        referred()

        assert effects.run_due() == {Outcome.DONE: 1, Outcome.LATER: 1}
        assert (len(receiver.came), elsewhere.came) == (1, [])


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["origin", "network"])
def test_what_the_settings_do_not_list_is_never_called(receiver, settings, change):
    subscribe(receiver)
    referred()
    if change == "origin":
        settings.WEBHOOK_ORIGINS = frozenset({"https://hooks.example"})
    else:
        settings.WEBHOOK_NETWORKS = []

    assert effects.run_due() == {Outcome.DONE: 1, Outcome.DEAD: 1}
    assert receiver.came == []
    assert Effect.objects.get(kind="deliver").last_error.startswith("this address may not be called")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused_in_every_disguise(address):
    assert not calling.allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_allowed(address):
    assert calling.allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example@evil.example/", "ftp://hooks.example/", "https:///x", "//hooks.example/",
     "https://hooks.example:99999/", "https://hooks.example/#x", "https://hooks.example/a b", "https://hookſ.example/"],
)  # fmt: skip
def test_odd_addresses_are_none(url):
    with pytest.raises(calling.NotAllowed):
        calling.origin(url)


def test_a_name_that_changes_its_address_is_looked_up_once(receiver, settings, monkeypatch):
    asked = []
    real = socket.getaddrinfo

    def rebinding(host, port, *args, **more):
        if host != "hooks.example":
            return real(host, port, *args, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    settings.WEBHOOK_ORIGINS = frozenset({f"http://hooks.example:{receiver.port}"})

    assert calling.post(f"http://hooks.example:{receiver.port}/", {}, b"{}") == 200
    assert asked == ["hooks.example"]
    [(headers, _body)] = receiver.came
    assert headers["host"] == f"hooks.example:{receiver.port}"


def test_a_receiver_that_drips_is_cut_off(settings, monkeypatch):
    monkeypatch.setattr(calling, "WHOLE_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.WEBHOOK_ORIGINS = frozenset({f"http://127.0.0.1:{port}"})
        settings.WEBHOOK_NETWORKS = LOOPBACK

        def drip() -> None:
            peer, _address = server.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(40):
                    try:
                        peer.sendall(f"X-{number}: y\r\n".encode())
                    except OSError:
                        return
                    time.sleep(0.2)

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with suppress(OSError):
            calling.post(f"http://127.0.0.1:{port}/", {}, b"{}")
        assert time.monotonic() - began < 4
        thread.join()


def command(*words: str) -> str:
    out = StringIO()
    call_command("webhook", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_subscribes_lists_renews_and_ends(receiver):
    office.organisation()
    url = f"{receiver.origin}/hooks"

    first = command("add", url, "--events", "referred", "--controller", "city").strip()

    mine = Subscription.objects.get()
    assert first.startswith("whsec_")
    assert first == command("secret", str(mine.id)).strip()
    assert f"{mine.id}  active  city  all cases  referred  {url}" in command("list")
    assert command("renew", str(mine.id)).strip() != first
    command("end", str(mine.id))
    assert "ended" in command("list")


@pytest.mark.django_db
def test_the_command_shows_deliveries_and_replays_one(receiver):
    mine = subscribe(receiver)
    referred()
    run_all()
    delivery = Delivery.objects.get()

    assert f"{delivery.id}  delivered  tries 1" in command("deliveries", str(mine.id))
    command("replay", str(delivery.id))

    with pytest.raises(CommandError, match="on its way already"):
        command("replay", str(delivery.id))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "https://evil.example/"}, "TSUNAGU_WEBHOOK_ORIGINS"),
        ({"--events": "refered"}, "No such event: refered. Known: referred"),
        ({"--events": ","}, "none given"),
        ({"--controller": "town"}, "No organisation belongs"),
        ({"--organisation": "x"}, "no organisation 'x'"),
    ],
)
def test_the_command_says_what_is_wrong(receiver, wrong, says):
    office.organisation()
    given = {"url": f"{receiver.origin}/hooks", "--events": "referred", "--controller": "city", **wrong}

    with pytest.raises(CommandError, match=says):
        command("add", given.pop("url"), *(word for pair in given.items() for word in pair))
    assert not Subscription.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://elsewhere.example/", "is not in TSUNAGU_WEBHOOK_ORIGINS"),
        (f"https://hooks.example/{'x' * 300}", "it is longer than 300 characters"),
    ],
)
def test_the_command_and_the_page_ask_the_same_of_an_address(url, said, settings):
    settings.WEBHOOK_ORIGINS = frozenset({"https://hooks.example"})
    office.organisation()
    made = Subscription(controller="city", url=url, events=[], made_at=timezone.now())

    with pytest.raises(calling.NotAllowed, match=said):
        keeping.keep(made)
    with pytest.raises(CommandError, match=said):
        command("add", url, "--events", "referred", "--controller", "city")
    assert not Subscription.objects.exists()
