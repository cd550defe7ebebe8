"""What a member does with the phone: a watched home, a PIN of one's own, digits pressed."""

from typing import Any
from uuid import uuid4

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.models import Step
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.cases.conftest import answers
from tests.field.conftest import watch

PIN, WRONG = "4719", "4718"


def watched(name: str) -> Done:
    """A case of somebody whom the volunteer watches with consent."""
    person = Person.objects.create(
        name=name, controller="city", area_id="D01-1", address="海鳴市中浜一丁目7番1号"
    )

    def report(**more: Any) -> Done:
        given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
        return actions.start("referral", **given, **more)

    return watch(report, person, "volunteer")


def visits(case: Done) -> int:
    return Step.objects.filter(case=case.case, form="visit").count()


def with_a_pin(phone: Any) -> None:
    """Today's watch, and its list on the phone under the PIN."""
    phone.goto("/field/")
    phone.locator("#choose").click()
    press(phone, PIN)
    phone.locator("#kept").wait_for()


def press(phone: Any, digits: str) -> None:
    """Digits on the keypad, then its large button."""
    for digit in digits:
        phone.locator(f'.pin [data-key="{digit}"]').click()
    phone.locator(".pin .go:visible").click()


def without_a_network(phone: Any) -> Any:
    """The phone put away and taken out again where there is none."""
    phone.context.set_offline(True)
    again = phone.context.new_page()
    phone.close()
    again.goto("/field/")
    return again
