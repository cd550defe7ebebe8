"""Who may: Cedar policies decide, explain, filter lists and choose categories. The only importer of cedarpy.

Data in, data out: facts about a member and a thing, never models. Anything but Allow without errors is a
refusal.
"""

from backend.access.areas import Areas, current_areas, use_areas
from backend.access.book import NoBook, PolicyBook, current, use, using
from backend.access.columns import NONE
from backend.access.deciding import IF_REPORT_FAILS, Decision, categories, decide, looked_at
from backend.access.facts import (
    ALWAYS,
    CaseFacts,
    ChannelFacts,
    DisposalFacts,
    LetterFacts,
    MemberFacts,
    PackageFacts,
    PersonFacts,
    RegisterFacts,
    Resource,
    day,
)
from backend.access.filtering import Standpoint, standpoint, visible_q
from backend.access.loading import load
from backend.access.nearest import Change, Nearest
from backend.access.provision import ProvisionFacts
from backend.access.reading import Reason
from backend.access.residual import Inexpressible
from backend.access.ruling import Outcome, Ruling, matrix, rule, rule_all
from backend.access.words import Explained, explain, sentences, way_on

__all__ = [
    "ALWAYS",
    "IF_REPORT_FAILS",
    "NONE",
    "Areas",
    "CaseFacts",
    "Change",
    "ChannelFacts",
    "Decision",
    "DisposalFacts",
    "Explained",
    "Inexpressible",
    "LetterFacts",
    "MemberFacts",
    "Nearest",
    "NoBook",
    "Outcome",
    "PackageFacts",
    "PersonFacts",
    "PolicyBook",
    "ProvisionFacts",
    "Reason",
    "RegisterFacts",
    "Resource",
    "Ruling",
    "Standpoint",
    "categories",
    "current",
    "current_areas",
    "day",
    "decide",
    "explain",
    "load",
    "looked_at",
    "matrix",
    "rule",
    "rule_all",
    "sentences",
    "standpoint",
    "use",
    "use_areas",
    "using",
    "visible_q",
    "way_on",
]
