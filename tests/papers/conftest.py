"""Papers of the cast's cases."""

from tests.cases.conftest import detected, report, triaged
from tests.pages.conftest import browser

__all__ = ["browser", "detected", "report", "triaged"]
