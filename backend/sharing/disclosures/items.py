"""What of a case could leave: every single value with its data category, in words; and its hash.

The values stand here as they would be read by the recipient, in both languages, so that what is approved,
what is frozen and what is opened are the same bytes. An address under protection is never among them: where
it may be told, a handle stands in its place, which one function resolves last (`addresses.reveal`).
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.answers.display import Choices, Shown, display
from backend.answers.eras import era_date
from backend.answers.form import Form
from backend.cases import pinned, reading
from backend.cases.models import Case
from backend.cases.reading import Answered
from backend.definitions.canonical import canonical
from backend.people.models import Area, Organisation, Person, PersonRelation

# Forms about the handling of the case, not about the person: nothing of them is ever disclosed.
OFFICE_FORMS = frozenset(
    {
        "accept_reply", "assign", "consent", "consent_request", "entered_in_error", "extend", "hold",
        "no_action", "reject_reply", "reopen", "return_reply", "statutory_basis", "transfer", "withdraw",
    }
)  # fmt: skip
PROTECTED_ADDRESS = "protected_address"
# What would show where somebody under protection is (policies: keep-whereabouts).
WHEREABOUTS = frozenset(
    {"contact", "area", "household", "emergency_contact", "family_relation", "watch_flag", "visit_note"}
)
_SEX = {"male": ("男", "Male"), "female": ("女", "Female"), "other": ("その他", "Other")}
_PLACES = ("organisation", "area")


@dataclass(frozen=True, slots=True)
class Item:
    """One value. `id` names where it comes from: `person.name`, `intake.7.income`; a handle has no value."""

    id: str
    category: str
    label_ja: str
    label_en: str
    value_ja: str
    value_en: str
    handle: bool = False

    def label(self, lang: str) -> str:
        return self.label_en if lang == "en" else self.label_ja

    def value(self, lang: str) -> str:
        return self.value_en if lang == "en" else self.value_ja

    @property
    def mark(self) -> str:
        """A short digest by which a page can tell which values changed since it was drawn."""
        written = canonical([self.id, self.label_ja, self.value_ja])
        return hashlib.sha256(written).hexdigest()[:12]


@dataclass(frozen=True)
class Content:
    """The values that leave, in order."""

    items: tuple[Item, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.category for item in self.items))

    def of(self, category: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.category == category)

    def pack(self) -> bytes:
        """The bytes that are frozen: by category, canonical JSON (RFC 8785)."""
        return canonical(
            {
                "version": 1,
                "categories": [
                    {"category": category, "items": [_written(item) for item in self.of(category)]}
                    for category in self.categories
                ],
            }
        )

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pack()).hexdigest()


def unpack(data: bytes) -> Content:
    """The content that `pack` wrote."""
    value = json.loads(data)
    return Content(
        tuple(
            Item(category=part["category"], **{**item, "handle": item.get("handle", False)})
            for part in value["categories"]
            for item in part["items"]
        )
    )


def _written(item: Item) -> dict[str, Any]:
    names = ("id", "label_ja", "label_en", "value_ja", "value_en")
    return {name: getattr(item, name) for name in names} | ({"handle": True} if item.handle else {})


def content(source: Case, categories: Collection[str], left_out: Collection[str] = ()) -> Content:
    """What these categories of a case hold now, single values left out. Nothing of a category not named.

    A fixed number of queries, whatever the number of categories and values.
    """
    if source.person is None:
        return Content(())
    own = list(_of_person(source.person, categories))
    said = {(item.category, item.value_ja) for item in own}
    # What a form says of the person in other words than the record is no second value.
    more = [it for it in _of_answers(source, categories) if (it.category, it.value_ja) not in said]
    kept: dict[tuple[str, str, str], Item] = {}
    for item in (*own, *more):
        if item.id not in left_out:
            kept.setdefault((item.category, item.label_ja, item.value_ja), item)
    order = list(dict.fromkeys(item.category for item in kept.values()))
    return Content(tuple(sorted(kept.values(), key=lambda item: order.index(item.category))))


def _of_person(person: Person, categories: Collection[str]) -> Iterator[Item]:
    open_ = (
        []
        if person.protected
        else [
            ("contact", "zip", "郵便番号", "Postcode", person.zip),
            ("contact", "address", "住所", "Address", person.address),
            ("contact", "phone", "電話", "Telephone", person.phone),
            ("area", "area", "区域", "Area", person.area.name if person.area else ""),
        ]
    )
    named = [
        ("identity", "name", "氏名", "Name", person.name),
        ("identity", "kana", "ふりがな", "Reading", person.kana),
    ]
    for category, name, ja, en, value in [*named, *open_]:
        if value and category in categories:
            yield Item(f"person.{name}", category, ja, en, value, value)
    if "identity" in categories:
        yield from _born_and_sex(person)
    if "emergency_contact" in categories and not person.protected:
        yield from _emergency_contacts(person)
    if PROTECTED_ADDRESS in categories and person.protected:
        label = ("住所（保護されています）", "Address under protection")
        yield Item("person.protected_address", PROTECTED_ADDRESS, *label, "", "", handle=True)


def _born_and_sex(person: Person) -> Iterator[Item]:
    if person.birth_date:
        ja, en = (era_date(person.birth_date, lang) for lang in ("ja", "en"))
        yield Item("person.birth_date", "identity", "生年月日", "Born", ja, en)
    if person.sex in _SEX:
        yield Item("person.sex", "identity", "性別", "Sex", *_SEX[person.sex])


def _emergency_contacts(person: Person) -> Iterator[Item]:
    rows = PersonRelation.objects.filter(person=person, emergency_order__isnull=False, other__protected=False)
    for row in rows.select_related("other").order_by("emergency_order"):
        told = "　".join(filter(None, (row.relation, row.other.name, row.other.phone)))
        label = (f"緊急連絡先{row.emergency_order}", f"Emergency contact {row.emergency_order}")
        yield Item(f"person.emergency.{row.id}", "emergency_contact", *label, told, told)


def _of_answers(source: Case, categories: Collection[str]) -> Iterator[Item]:
    """The newest answers of each form, as they stand after corrections."""
    protected = source.person is not None and source.person.protected
    wanted = frozenset(categories) - (WHEREABOUTS if protected else frozenset()) - {PROTECTED_ADDRESS}
    newest: dict[str, Answered] = {}
    for answered in reading.answers_of(source):
        if answered.form not in OFFICE_FORMS and not answered.form.startswith("disclosure"):
            newest[answered.form] = answered
    told = [(one, pinned.form(one.form_hash)) for one in newest.values()]
    names = _names(told)
    for answered, form in told:
        yield from _of_form(answered, form, wanted, names)


def _of_form(answered: Answered, form: Form, wanted: Collection[str], names: Choices) -> Iterator[Item]:
    answers = answered.merged()
    staff = {field.name for field in form.fields if field.widget == "member"}
    english = {shown.name: shown for shown in display(form, answers, "en", wanted, names)}
    for shown in display(form, answers, "ja", wanted, names):
        if not shown.withheld and shown.value_text and shown.name not in staff:
            yield _item(answered, shown, english[shown.name])


def _item(answered: Answered, ja: Shown, en: Shown) -> Item:
    ident = f"{answered.form}.{answered.seq}.{ja.name}"
    return Item(ident, ja.category, ja.label, en.label, ja.value_text, en.value_text)


def _names(told: Iterable[tuple[Answered, Form]]) -> Choices:
    """The names of the places that answers mention; no query when they mention none."""
    mentioned: dict[str, set[str]] = {kind: set() for kind in _PLACES}
    for answered, form in told:
        answers: Mapping[str, Any] = answered.merged()
        for field in form.fields:
            if field.widget in mentioned and isinstance(answers.get(field.name), str):
                mentioned[field.widget].add(answers[field.name])
    found: dict[str, list[tuple[str, str]]] = {}
    if mentioned["organisation"]:
        bodies = Organisation.objects.filter(code__in=mentioned["organisation"])
        found["organisation"] = list(bodies.values_list("code", "name"))
    if mentioned["area"]:
        areas = Area.objects.filter(code__in=mentioned["area"])
        found["area"] = list(areas.values_list("code", "name"))
    return found
