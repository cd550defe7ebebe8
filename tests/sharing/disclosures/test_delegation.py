"""Nobody approves what they asked for: not as deputy, not in a second office, not after a reassignment."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.cases import actions
from backend.cases.errors import DoorError, NotPossible, Refused
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.people.acting import same_hands
from backend.people.models import Member, Person, User
from backend.sharing.disclosures import packages
from tests.cases.conftest import answers
from tests.sharing.disclosures.conftest import request_of

PEOPLE = ("caseworker", "supervisor", "privacy", "second")
ROLES = ("caseworker", "supervisor", "privacy_officer")
pytestmark = pytest.mark.django_db


class Office(RuleBasedStateMachine):
    """Requests, edits, reassignments and approvals by people who take up offices and stand in for others."""

    source: Any
    person: Person

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.savepoint()
        self.offices: dict[UUID, str] = {}
        user = User.objects.create(username=f"second-{uuid4().hex[:8]}")
        for name in PEOPLE:
            who = user if name == "second" else User.objects.get(username=name)
            for role in ROLES:
                self.offices[self._office(who, role).id] = name
        self.case: UUID | None = None

    def _office(self, user: User, role: str) -> Member:
        return Member.objects.create(
            user=user,
            name=user.username,
            role=role,
            organisation_id="city-welfare",
            controller="city",
            valid_from=timezone.localdate(),
        )

    def _one(self, number: int) -> UUID:
        return list(self.offices)[number % len(self.offices)]

    def _do(self, action: str, by: UUID, given: dict[str, Any]) -> bool:
        assert self.case is not None
        try:
            with transaction.atomic():
                actions.perform(self.case, action, actor=by, answers=given, key=uuid4().hex)
        except DoorError:
            return False
        return True

    @rule(who=st.integers(0, 99))
    def request(self, who: int) -> None:
        if self.case is not None:
            return
        given = request_of(self.source, categories=["identity", "health"])
        try:
            done = actions.start(
                "disclosure", actor=self._one(who), answers=given, key=uuid4().hex, person=self.person.id
            )
        except (Refused, NotPossible):
            return
        self.case = done.case

    @rule(who=st.integers(0, 99), deputy=st.integers(0, 99), days=st.integers(-2, 2))
    def stand_in(self, who: int, deputy: int, days: int) -> None:
        today = timezone.localdate()
        until = today + timedelta(days=days)
        Member.objects.filter(id=self._one(who)).update(
            deputy=self._one(deputy), deputy_from=min(today, until), deputy_until=until
        )

    @rule(who=st.integers(0, 99), to=st.integers(0, 99))
    def reassign(self, who: int, to: int) -> None:
        if self.case is not None:
            given = answers("assign", assigned_to=str(self._one(to)))
            self._do("assign", self._one(who), given)

    @rule(asker=st.integers(0, 99), editor=st.integers(0, 99))
    def edit(self, asker: int, editor: int) -> None:
        if self.case is not None and self._do("send_back", self._one(asker), answers("disclosure_question")):
            self._do(
                "request_again", self._one(editor), request_of(self.source, categories=["identity", "health"])
            )

    @rule(who=st.integers(0, 99), action=st.sampled_from(["approve", "refer_to_officer"]))
    def decide(self, who: int, action: str) -> None:
        if self.case is None:
            return
        by = self._one(who)
        if action == "refer_to_officer":
            self._do(action, by, answers("note"))
            return
        number = packages.seen_number(Case.objects.get(pk=self.case))
        if self._do("approve", by, {"decision": "approved", "content_hash": number}):
            self._nobody_approved_their_own(by)

    def _nobody_approved_their_own(self, by: UUID) -> None:
        approver = Member.objects.select_related("user").get(pk=by)
        asking = Step.objects.filter(case=self.case, form="disclosure_request").select_related("actor__user")
        hands = [step.actor for step in asking]
        assert not [one for one in hands if same_hands(approver, one, timezone.localdate())]
        self.case = None

    @invariant()
    def every_request_names_who_asked(self) -> None:
        if getattr(self, "case", None) is not None:
            asked = Step.objects.filter(case=self.case, form="disclosure_request")
            accounts = {str(step.actor.user_id) for step in asked.select_related("actor")}
            assert accounts <= set(Case.objects.get(pk=self.case).facts["requesters"])

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)


def test_nobody_approves_their_own_request_whatever_offices_they_hold(agreed: Any, resident: Person) -> None:
    Office.source, Office.person = agreed, resident
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

    run_state_machine_as_test(
        Office, settings=settings(max_examples=15, stateful_step_count=12, deadline=None,
                                  suppress_health_check=checks)
    )  # fmt: skip


def test_the_second_office_of_a_requester_is_the_same_person(ask: Any, agreed: Any) -> None:
    asked = ask(agreed, categories=["identity", "health"])
    second = Member.objects.create(
        user=User.objects.get(username="caseworker"), name="佐藤 直子", role="supervisor",
        organisation_id="city-welfare", controller="city", valid_from=timezone.localdate(),
    )  # fmt: skip
    given = {"decision": "approved", "content_hash": packages.seen_number(Case.objects.get(pk=asked.case))}

    with pytest.raises(Refused) as refused:
        actions.perform(asked.case, "approve", actor=second.id, answers=given, key=uuid4().hex)

    assert refused.value.decision.rules == ("stop-own-approval",)
    assert second.id != member_id("caseworker")
