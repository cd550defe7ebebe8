"""Random members and cases from small pools, so that they often meet."""

import uuid

from hypothesis import strategies as st

from backend.access import CaseFacts, LetterFacts, MemberFacts, PersonFacts

TODAY = 20261124
AREAS = ("CITY", "D01", "D01-1", "D01-2", "D02", "D02-1")
CONTROLLERS = ("city", "csw", "center")
ORGANISATIONS = ("city-welfare", "csw", "center-nakahama", "council-nakahama")
ACCOUNTS = ("11", "12", "13")
MEMBER_IDS = tuple(str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in "abcd")
ROLES = (
    "caseworker", "supervisor", "privacy_officer", "other_dept", "csw_staff", "welfare_commissioner",
    "chief_child_commissioner", "welfare_volunteer", "neighborhood_head", "agency_staff", "business_partner",
    "auditor", "system", "somebody_new",
)  # fmt: skip
CONSENTS = ("unknown", "requested", "given", "partial", "refused", "withdrawn")
STATES = ("referral.detected", "referral.referred", "referral.closed", "referral.entered_in_error")
DAYS = (0, TODAY - 1, TODAY, TODAY + 1, 99991231)

SOME_CATEGORIES = st.lists(
    st.sampled_from(("identity", "contact", "health", "abuse", "reporter_identity")), max_size=4, unique=True
).map(tuple)

some_members = st.builds(
    MemberFacts,
    id=st.sampled_from(MEMBER_IDS),
    role=st.sampled_from(ROLES),
    organisation=st.sampled_from(ORGANISATIONS),
    organisation_type=st.sampled_from(("city_section", "csw", "comprehensive_support_center", "npo")),
    controller=st.sampled_from(CONTROLLERS),
    area=st.sampled_from((None, *AREAS)),
    valid_from=st.sampled_from(DAYS[:4]),
    valid_until=st.sampled_from(DAYS[1:]),
    pledge=st.booleans(),
    trained_until=st.sampled_from(DAYS),
    active=st.booleans(),
    account=st.sampled_from(ACCOUNTS),
)
# Most random members are stopped by some date; these are not, so that what they may see matters.
sound_members = st.builds(
    MemberFacts,
    id=st.sampled_from(MEMBER_IDS),
    role=st.sampled_from(ROLES),
    organisation=st.sampled_from(ORGANISATIONS),
    organisation_type=st.sampled_from(("city_section", "csw", "comprehensive_support_center", "npo")),
    controller=st.sampled_from(CONTROLLERS),
    area=st.sampled_from((None, *AREAS)),
    valid_from=st.just(0),
    valid_until=st.just(99991231),
    pledge=st.just(True),
    trained_until=st.just(99991231),
    active=st.just(True),
    account=st.sampled_from(ACCOUNTS),
)
members = st.one_of(sound_members, some_members)

cases = st.builds(
    CaseFacts,
    id=st.uuids(version=4).map(str),
    workflow=st.sampled_from(("referral", "council", "glass_review", "follow_up")),
    state=st.sampled_from(STATES),
    kind=st.sampled_from(("new", "ours", "theirs", "done", "stopped")),
    controller=st.sampled_from(CONTROLLERS),
    area=st.sampled_from(AREAS),
    owner_role=st.just("caseworker"),
    assignee=st.sampled_from(("", *MEMBER_IDS)),
    receiver=st.sampled_from(("", *ORGANISATIONS)),
    reporter=st.sampled_from(("", *MEMBER_IDS)),
    urgency=st.sampled_from(("", "A", "B", "C", "D")),
    abuse=st.sampled_from(("none", "child", "elder")),
    consent=st.sampled_from(CONSENTS),
    protected=st.booleans(),
    open=st.booleans(),
    watchers=st.lists(st.sampled_from(MEMBER_IDS), max_size=2, unique=True).map(tuple),
    legal_basis=st.sampled_from(("", "eapa_7")),
    consent_until=st.sampled_from((TODAY - 1, TODAY, TODAY + 1, 99991231)),
    consent_categories=SOME_CATEGORIES,
    basis_recipient=st.sampled_from(("", *ORGANISATIONS)),
    basis_categories=SOME_CATEGORIES,
    requesters=st.lists(st.sampled_from(ACCOUNTS), max_size=2, unique=True).map(tuple),
    glass=st.lists(st.sampled_from(MEMBER_IDS), max_size=2, unique=True).map(tuple),
    signed=st.lists(st.sampled_from(MEMBER_IDS), max_size=2, unique=True).map(tuple),
)
persons = st.builds(
    PersonFacts,
    id=st.uuids(version=4).map(str),
    controller=st.sampled_from(CONTROLLERS),
    area=st.sampled_from(("", *AREAS)),
    protected=st.booleans(),
)
letters = st.builds(
    LetterFacts,
    id=st.uuids(version=4).map(str),
    case=cases,
    definition=st.sampled_from(("referral_sheet", "consent_request")),
    status=st.sampled_from(("drafted", "issued", "posted", "void")),
)
things = st.one_of(cases, persons, letters)
