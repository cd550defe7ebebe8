"""People of two kinds: members, who act for an organisation, and persons, whom the office helps."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


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


class User(AbstractUser):
    """Somebody who signs in. What they may do depends on the member they act as."""

    language = models.CharField(max_length=2, default="ja", choices=[("ja", "日本語"), ("en", "English")])
    text_size = models.PositiveSmallIntegerField(default=100)
    theme = models.CharField(max_length=8, default="auto")


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


class Household(models.Model):
    """People who live together, as far as the office knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    type = models.CharField(max_length=24, default="unknown")
    note = models.CharField(max_length=200, blank=True)


class Person(models.Model):
    """A resident. Names are kept as registered, never normalised; `search` holds what search compares."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kana = models.CharField(max_length=160, blank=True)
    grams = ArrayField(models.TextField(), default=list)
    sex = models.CharField(max_length=8, default="unknown")
    birth_date = models.DateField(null=True)
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, related_name="persons")
    relation = models.CharField(max_length=40, blank=True)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="persons")
    zip = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    protected = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [GinIndex(fields=["grams"], name="person_grams"), models.Index(fields=["birth_date"])]

    def __str__(self) -> str:
        return str(self.id)


class ProtectedAddress(models.Model):
    """The address of a person under protection (DV等支援措置), apart from the person, read by one function only."""

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
