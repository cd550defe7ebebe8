"""A package handed over stands in the register of who was told what."""

import pytest

from backend.cases.actions import Done
from backend.people.models import Person
from backend.sharing.consents import registers
from tests.sharing.disclosures.conftest import package_of

pytestmark = pytest.mark.django_db


def test_a_package_handed_over_is_in_the_register(resident: Person, shared: Done) -> None:
    package = package_of(shared).package

    (one,) = registers.left([resident.id], "city")

    assert (one.recipient, one.by) == (package.recipient_id, "package")
    assert one.categories == tuple(package.categories)
    assert registers.ground(one.basis) == "根拠：本人の同意"


def test_a_package_that_was_only_approved_has_not_left(resident: Person, approved: Done) -> None:
    assert registers.left([resident.id], "city") == []
