"""People of two kinds: members, who act for an organisation, and persons, whom the office helps."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.access.facts import MemberFacts, PersonFacts
from backend.people import heads
from backend.people.facts import member_facts, person_facts
from backend.people.keys import KEYS, search_keys


class Role(models.TextChoices):
    """What a member is (DOMAIN: actors and their legal status). The codes are the ones policies use."""

    CASEWORKER = "caseworker", _("Caseworker")
    SUPERVISOR = "supervisor", _("Supervisor")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    OTHER_DEPT = "other_dept", _("Other department")
    CSW_STAFF = "csw_staff", _("Council of Social Welfare staff")
    WELFARE_COMMISSIONER = "welfare_commissioner", _("Welfare commissioner")
    CHIEF_CHILD_COMMISSIONER = "chief_child_commissioner", _("Chief child commissioner")
    WELFARE_VOLUNTEER = "welfare_volunteer", _("Welfare volunteer")
    NEIGHBORHOOD_HEAD = "neighborhood_head", _("Head of a neighbourhood association")
    AGENCY_STAFF = "agency_staff", _("Staff of a receiving agency")
    BUSINESS_PARTNER = "business_partner", _("Partner business")
    AUDITOR = "auditor", _("Auditor")
    SYSTEM = "system", _("Automated run")


# Field members, who sign in with a paper card: it is held and its PIN is known.
BY_CARD: frozenset[str] = frozenset(
    {Role.WELFARE_COMMISSIONER, Role.CHIEF_CHILD_COMMISSIONER, Role.WELFARE_VOLUNTEER, Role.NEIGHBORHOOD_HEAD}
)


class User(AbstractUser):
    """Somebody who signs in. What they may do depends on the member they act as.

    Sessions of an earlier `session_round` are over.
    """

    language = models.CharField(max_length=2, default="ja", choices=[("ja", "日本語"), ("en", "English")])
    text_size = models.PositiveSmallIntegerField(default=100)
    theme = models.CharField(max_length=8, default="auto")
    furigana = models.BooleanField(default=False)
    western_years = models.BooleanField(default=False)
    letter_keys = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=0, db_default=0)

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}{self._round()}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for older in super().get_session_auth_fallback_hash():
            yield f"{older}{self._round()}"

    def _round(self) -> str:
        return f".{self.session_round}" if self.session_round else ""


class ApiToken(models.Model):
    """What lets a program act as a user until a day. Only a hash is kept, so the table opens nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Tries(models.Model):
    """How often signing in failed lately under one name, from one address or at one terminal.

    `key` is a keyed hash of which, so that the table tells neither who was tried nor from where.
    """

    key = models.CharField(primary_key=True, max_length=64)
    failed = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.failed} until {self.at:%Y-%m-%d %H:%M}"


class Area(models.Model):
    """A place of the city; districts hold neighbourhood associations. `code` is what policies see."""

    code = models.CharField(primary_key=True, max_length=16)
    name = models.CharField(max_length=80)
    kana = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=24)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A body that acts, or is acted for: a section of the city, the 社協, an agency, an association."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    kana = models.CharField(max_length=160, blank=True)
    type = models.CharField(max_length=40)
    controller = models.CharField(max_length=40)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="organisations")
    zip = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    accepts_referrals = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    def called(self, lang: str) -> str:
        """Its name for a reader of `lang`: the English one where it has one."""
        return self.name_en if lang == "en" and self.name_en else self.name


class Member(models.Model):
    """A person in a role at an organisation, in an area, between two dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=80)
    kana = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=32, choices=Role.choices)
    post = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    controller = models.CharField(max_length=40)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="members")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    pledge_signed_on = models.DateField(null=True)
    trained_until = models.DateField(null=True)
    supervisor = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    deputy = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    deputy_from = models.DateField(null=True)
    deputy_until = models.DateField(null=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "role"]), models.Index(fields=["user"])]

    def __str__(self) -> str:
        return self.name

    def facts(self) -> MemberFacts:
        """This member as policies see them; read with `organisation` and `user`, it costs no query."""
        return member_facts(self)


class Household(models.Model):
    """People who live together, as far as the office knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    type = models.CharField(max_length=24, default="unknown")
    note = models.CharField(max_length=200, blank=True)


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons; whatever writes them writes what search compares as well."""

    def bulk_create(self, objs: Iterable["Person"], *args: Any, **kwargs: Any) -> list["Person"]:
        persons = list(objs)
        for person in persons:
            person.index()
        return super().bulk_create(persons, *args, **kwargs)

    def reindex(self, *, chunk: int = 1000) -> int:
        """Write the search keys anew, after the folding changed. Returns how many persons were read."""
        done, batch = 0, list[Person]()
        for person in self.iterator(chunk_size=chunk):
            person.index()
            batch.append(person)
            if len(batch) == chunk:
                done += self.model._default_manager.bulk_update(batch, KEYS)
                batch = []
        return done + (self.model._default_manager.bulk_update(batch, KEYS) if batch else 0)


class Ruby(models.TextChoices):
    """Readings somebody wants over the characters of a letter: none, over names, over names and words."""

    OFF = "", _("No readings")
    NAMES = "names", _("Readings over names")
    ALL = "all", _("Readings over names and words")


class Person(models.Model):
    """A resident. Names are kept as registered, never normalised.

    `grams` and the three keys are derived from them for search (`backend.people.keys`) and shown to nobody.
    `merged_into` is the record kept of the same person, `also` the names and readings of the records merged
    into this one, by which it is found too. Office pages change a record by `backend.people.keeping` and
    `merging` alone, which keep every version. `large_type` and `ruby` are how they want to read letters.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kana = models.CharField(max_length=160, blank=True)
    grams = ArrayField(models.TextField(), default=list, editable=False)
    name_key = models.TextField(blank=True, editable=False)
    address_key = models.TextField(blank=True, editable=False)
    phone_key = models.TextField(blank=True, editable=False)
    sex = models.CharField(max_length=8, default="unknown")
    birth_date = models.DateField(null=True)
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, related_name="persons")
    relation = models.CharField(max_length=40, blank=True)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="persons")
    zip = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    contact_hours = models.CharField(max_length=80, blank=True)
    large_type = models.BooleanField(default=False, db_default=False)
    ruby = models.CharField(
        max_length=5, choices=Ruby.choices, default=Ruby.OFF, db_default=Ruby.OFF.value, blank=True
    )
    protected = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True)
    also = ArrayField(models.CharField(max_length=160), default=list, editable=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            # Without the list of pending entries, which every search would have to read through.
            GinIndex(fields=["grams"], name="person_grams", fastupdate=False),
            models.Index(fields=["birth_date"]),
            models.Index(heads.part(heads.NAME), "id", name="person_name_head"),
            models.Index(heads.part(heads.READING), "id", name="person_kana_head"),
            # So that counting the protected who fit a common name looks at no others.
            models.Index(fields=["controller"], condition=models.Q(protected=True), name="person_protected"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def facts(self) -> PersonFacts:
        """This record as policies see it."""
        return person_facts(self)

    def index(self) -> None:
        """Set what search compares from the name, reading, address and telephone as they are now."""
        keys = search_keys(
            name=self.name,
            kana=self.kana,
            address=self.address,
            zip_code=self.zip,
            phone=self.phone,
            protected=self.protected,
            also=self.also,
        )
        for field, value in keys.items():
            setattr(self, field, value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *KEYS}
        super().save(*args, **kwargs)


class ProtectedAddress(models.Model):
    """The address of a person under protection (DV等支援措置), apart from the person."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")
    zip = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=24, blank=True)


class PersonRelation(models.Model):
    """How one person is related to another: facts told to the office, never inferred."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    relation = models.CharField(max_length=40)
    emergency_order = models.PositiveSmallIntegerField(null=True)
    key_holder = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other", "relation"], name="person_relation_once")
        ]


class SearchLog(models.Model):
    """That somebody searched for persons: who, when, by what kinds of term, how many were found.

    `term` is a keyed hash of the folded words, so that "was this name looked for?" can be answered later by
    the office and by nobody who merely reads the table. The words themselves are written nowhere.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    term = models.CharField(max_length=64)
    kinds = models.CharField(max_length=80, blank=True)
    found = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["member", "-at"], name="search_by_member"),
            models.Index(fields=["term"], name="search_by_term"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%Y-%m-%d}"


# Registered here with the other models; their files are about what happens to persons.
from backend.people.doubles import Merge, Pair  # noqa: E402, F401
from backend.people.recorded import PersonChange  # noqa: E402, F401
from backend.people.supporters import Supporter  # noqa: E402, F401
