"""Who may: Cedar policies decide, explain, filter lists and choose categories. The only importer of cedarpy.

Data in, data out: facts about a member and a thing, never models. Anything but Allow without errors is a
refusal.
"""

from backend.access.areas import Areas, current_areas, use_areas
from backend.access.book import NoBook, PolicyBook, current, use, using
from backend.access.deciding import IF_REPORT_FAILS, Decision, categories, decide
from backend.access.facts import ALWAYS, CaseFacts, LetterFacts, MemberFacts, PersonFacts, Resource, day
from backend.access.filtering import visible_q
from backend.access.loading import load
from backend.access.reading import Reason
from backend.access.residual import Inexpressible
from backend.access.words import Explained, explain, sentences

__all__ = [
    "ALWAYS",
    "IF_REPORT_FAILS",
    "Areas",
    "CaseFacts",
    "Decision",
    "Explained",
    "Inexpressible",
    "LetterFacts",
    "MemberFacts",
    "NoBook",
    "PersonFacts",
    "PolicyBook",
    "Reason",
    "Resource",
    "categories",
    "current",
    "current_areas",
    "day",
    "decide",
    "explain",
    "load",
    "sentences",
    "use",
    "use_areas",
    "using",
    "visible_q",
]
