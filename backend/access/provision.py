"""One data category of one person on its way from a controller to a recipient, as policies see it.

Whatever nobody stated is what opens least: a recipient counts as unpledged, a person as protected, a
provision as recurring, until somebody says otherwise.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

_SETS = ("consent_purposes", "consent_recipients", "consent_excluded", "consent_categories")


@dataclass(frozen=True, slots=True)
class ProvisionFacts:
    """What is to be provided (`category`), what for, on what basis, to whom.

    Codes of DOMAIN 3.2. Who: `recipient` is an organisation code ("" for a private person),
    `recipient_role` a role or the kind of organisation, or data_subject, representative, family, reporter,
    public; `recipient_type` the type of the organisation; `relation` how they stand to the controller.

    Why and how: `basis` is a code of policies/bases.yaml; `obtainable` whether the person could be asked;
    `necessity` a reason was written; `minimised` only what is needed was chosen; `request_number` a written
    request is recorded; `deidentified` no name, no free text, no cell smaller than the setting allows.

    Standing arrangements: `purpose_registered` the purpose of use of this file is registered;
    `contract_active` an entrustment for this purpose is in force, `contract_covers` and names this category;
    `joint_use_valid` the announced joint use names recipient, purpose and category.

    A meeting: `session` "", planned, open or closed; `session_listed` the recipient is a member who signed
    secrecy; `session_agenda` this person is on the agenda.

    The recipient on that day: active (term and account), pledged, trained; `area_match` the person lives in
    their area; `named` they stand on the list of those who may know about a protected person.

    The consent (one of this person's; `consent_own` by the person or with proof of authority) names purposes,
    recipients (organisation codes, types or roles), those excluded, categories, and its last day (YYYYMMDD).
    `commissioner_employer` and `disaster_mode` left "" are what policies/settings.yaml says. `cls` is the
    class of the category and not for callers to say: it is read in categories.yaml, CX for an unknown one.
    """

    entity: ClassVar[str] = "Provision"

    id: str
    controller: str
    category: str
    purpose: str
    recipient: str
    recipient_role: str
    recipient_type: str
    recipient_controller: str
    cls: str = ""
    basis: str = ""
    relation: str = "third_party"
    urgency: str = "routine"
    obtainable: str = "yes"
    recurring: bool = True
    necessity: bool = False
    minimised: bool = False
    request_number: bool = False
    deidentified: bool = False
    purpose_registered: bool = False
    contract_active: bool = False
    contract_covers: bool = False
    joint_use_valid: bool = False
    session: str = ""
    session_basis: str = ""
    session_listed: bool = False
    session_agenda: bool = False
    recipient_active: bool = False
    recipient_pledged: bool = False
    recipient_trained: bool = False
    area_match: bool = False
    named: bool = False
    protected: bool = True
    deceased: bool = True
    requested_by_subject: bool = False
    identity_checked: bool = False
    disaster_declared: bool = False
    disaster_mode: str = ""
    commissioner_employer: str = ""
    abuse: str = "none"
    consent: str = "none"
    consent_own: bool = False
    consent_method: str = ""
    consent_purposes: tuple[str, ...] = ()
    consent_recipients: tuple[str, ...] = ()
    consent_excluded: tuple[str, ...] = ()
    consent_categories: tuple[str, ...] = ()
    consent_until: int = 0
    supporter_consent: bool = False

    def attributes(self) -> dict[str, Any]:
        """The Cedar attributes, as plain values."""
        found = {name: getattr(self, name) for name in _NAMES}
        found["class"] = found.pop("cls")
        return found | {name: list(found[name]) for name in _SETS}


_NAMES = tuple(f.name for f in fields(ProvisionFacts) if f.name != "id")
