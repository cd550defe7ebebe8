"""Random members and cases from small pools, so that they often meet."""

import uuid

from hypothesis import strategies as st

from backend.access import (
    CaseFacts,
    ChannelFacts,
    DisposalFacts,
    LetterFacts,
    MemberFacts,
    PackageFacts,
    PersonFacts,
    ProvisionFacts,
    RegisterFacts,
)

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
packages = st.builds(
    PackageFacts,
    id=st.uuids(version=4).map(str),
    controller=st.sampled_from(CONTROLLERS),
    recipient=st.sampled_from(("", *ORGANISATIONS)),
    member=st.sampled_from(("", *MEMBER_IDS)),
)
registers = st.builds(RegisterFacts, id=st.uuids(version=4).map(str), controller=st.sampled_from(CONTROLLERS))
channels = st.builds(ChannelFacts, id=st.uuids(version=4).map(str), controller=st.sampled_from(CONTROLLERS))
disposals = st.builds(
    DisposalFacts,
    id=st.uuids(version=4).map(str),
    controller=st.sampled_from(CONTROLLERS),
    made_by=st.sampled_from(("", *MEMBER_IDS)),
)
things = st.one_of(cases, persons, letters, packages, registers, channels, disposals)

SOME_RECIPIENTS = st.lists(
    st.sampled_from(("center-nakahama", "comprehensive_support_center", "welfare_commissioner", "csw")),
    max_size=3,
    unique=True,
).map(tuple)
SOME_PURPOSES = st.lists(
    st.sampled_from(("service_linkage", "watch_over", "disaster_preparedness")), max_size=3, unique=True
).map(tuple)
BASES = (
    "", "consent", "pia_69_2_ii", "pia_69_2_iii", "pia_69_2_iv", "pia_27_1_iii", "pia_27_1_iv", "capa_13_4",
    "pia_69_1_law", "dcba_49_11_1", "no_such_basis",
)  # fmt: skip

provisions = st.builds(
    ProvisionFacts,
    id=st.just("p1"),
    controller=st.sampled_from(CONTROLLERS),
    category=st.sampled_from(
        ("public", "identity", "contact", "finance", "care_level", "health", "crime_record",
         "council_material", "child_protection_record", "protected_address", "reporter_identity",
         "my_number", "shoe_size")
    ),
    purpose=st.sampled_from(
        ("service_linkage", "watch_over", "emergency_rescue", "child_protection", "disaster_preparedness",
         "disaster_response", "statistics_deidentified", "handover", "data_subject_request",
         "detection_triage")
    ),
    basis=st.sampled_from(BASES),
    recipient=st.sampled_from(("", "center-nakahama", "csw")),
    recipient_role=st.sampled_from(
        ("agency_staff", "other_dept", "csw_staff", "welfare_commissioner", "welfare_volunteer",
         "neighborhood_head", "business_partner", "family", "reporter", "public", "data_subject",
         "representative")
    ),
    recipient_type=st.sampled_from(
        ("", "city_section", "comprehensive_support_center", "child_guidance", "fire_ems", "police",
         "neighborhood_association", "commissioner_council", "csw")
    ),
    recipient_controller=st.sampled_from(("", *CONTROLLERS)),
    relation=st.sampled_from(
        ("same_controller", "entrusted", "joint_use", "third_party", "council_member", "data_subject",
         "representative")
    ),
    urgency=st.sampled_from(("routine", "priority", "imminent", "disaster_declared")),
    obtainable=st.sampled_from(("yes", "absent", "would_hinder_duty")),
    recurring=st.booleans(),
    necessity=st.booleans(),
    minimised=st.booleans(),
    request_number=st.booleans(),
    deidentified=st.booleans(),
    purpose_registered=st.booleans(),
    contract_active=st.booleans(),
    contract_covers=st.booleans(),
    joint_use_valid=st.booleans(),
    session=st.sampled_from(("", "planned", "open", "closed")),
    session_basis=st.sampled_from(("", "swa_106_6", "cwa_25_2", "lia_15_18", "multilayered")),
    session_listed=st.booleans(),
    session_agenda=st.booleans(),
    recipient_active=st.booleans(),
    recipient_pledged=st.booleans(),
    recipient_trained=st.booleans(),
    area_match=st.booleans(),
    named=st.booleans(),
    protected=st.booleans(),
    deceased=st.booleans(),
    requested_by_subject=st.booleans(),
    identity_checked=st.booleans(),
    disaster_declared=st.booleans(),
    disaster_mode=st.sampled_from(("", "consent", "optout", "no_consent")),
    commissioner_employer=st.sampled_from(("", "city", "prefecture")),
    abuse=st.sampled_from(("none", "child", "elder", "disability", "dv")),
    consent=st.sampled_from(("none", "unknown", "refused", "withdrawn", "given")),
    consent_own=st.booleans(),
    consent_method=st.sampled_from(("", "written", "oral", "digital")),
    consent_purposes=SOME_PURPOSES,
    consent_recipients=SOME_RECIPIENTS,
    consent_excluded=SOME_RECIPIENTS,
    consent_categories=st.lists(
        st.sampled_from(("identity", "contact", "finance", "health", "crime_record")), max_size=5, unique=True
    ).map(tuple),
    consent_until=st.sampled_from((TODAY - 1, TODAY, TODAY + 1, 99991231)),
    supporter_consent=st.booleans(),
)  # fmt: skip
