"""Papers of a meeting: made from a case as it stands, frozen by data category, and their numbered copies."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import Max

from backend.answers.display import display
from backend.answers.eras import era_date
from backend.cases import pinned, reading
from backend.cases.models import Case
from backend.definitions.canonical import canonical
from backend.people.models import Person
from backend.sharing.councils.models import Copy, Paper, PaperPart, Session

Line = tuple[str, str]
_SEX = {"male": "男", "female": "女"}


def gathered(case: Case, categories: Collection[str]) -> dict[str, list[Line]]:
    """What the case says in these categories: the person's record, then the newest answers of each form."""
    parts: dict[str, list[Line]] = defaultdict(list)
    if case.person is not None:
        for category, label, words in _of_person(case.person):
            if category in categories and words:
                parts[category].append((label, words))
    newest = {answered.form: answered for answered in reading.answers_of(case)}
    for answered in newest.values():
        form = pinned.form(answered.form_hash)
        for shown in display(form, answered.merged(categories), "ja", categories):
            if not shown.withheld and shown.value_text:
                parts[shown.category].append((shown.label, shown.value_text))
    return {category: list(dict.fromkeys(lines)) for category, lines in parts.items()}


def _of_person(person: Person) -> list[tuple[str, str, str]]:
    """The record in words. Where somebody under protection lives is in no paper."""
    born = era_date(person.birth_date, "ja") if person.birth_date else ""
    known = [
        ("identity", "氏名", person.name),
        ("identity", "ふりがな", person.kana),
        ("identity", "生年月日", born),
        ("identity", "性別", _SEX.get(person.sex, "")),
    ]
    if person.protected:
        return known
    return [*known, ("contact", "住所", person.address), ("contact", "電話", person.phone)]


def freeze(paper: Paper, parts: dict[str, list[Line]]) -> None:
    """Write the paper with its parts; its hash is over all of them, in the order of their names."""
    written = {category: canonical([list(line) for line in parts[category]]) for category in sorted(parts)}
    whole = sha256()
    for category, content in written.items():
        whole.update(category.encode() + b"\0" + content + b"\0")
    paper.categories, paper.sha256 = list(written), whole.hexdigest()
    paper.save(force_insert=True)
    PaperPart.objects.bulk_create(
        [PaperPart(paper=paper, category=name, content=content) for name, content in written.items()]
    )


def lines_of(paper: Paper, order: Sequence[str]) -> list[tuple[str, list[Line]]]:
    """What a paper says, category by category, in the given order of categories."""
    parts = {part.category: json.loads(bytes(part.content)) for part in paper.parts.all()}
    known = [name for name in order if name in parts]
    return [(name, [(label, words) for label, words in parts[name]]) for name in known]


def share(session: Session, now: datetime) -> None:
    """Give every member who signed a numbered copy of every paper they have none of yet."""
    signed = list(session.members.exclude(acknowledged_at=None).order_by("id"))
    papers = list(Paper.objects.filter(item__session=session).order_by("made_at", "id"))
    copies = Copy.objects.filter(paper__item__session=session)
    have = set(copies.values_list("paper_id", "holder_id"))
    number = copies.aggregate(last=Max("number"))["last"] or 0
    new = [(paper, holder) for paper in papers for holder in signed if (paper.id, holder.id) not in have]
    Copy.objects.bulk_create(
        [
            Copy(paper=paper, holder=holder, number=number + place, shared_at=now)
            for place, (paper, holder) in enumerate(new, 1)
        ]
    )


def numbers_out(session: UUID) -> set[int]:
    """The numbers of the copies that were printed."""
    copies = Copy.objects.filter(paper__item__session=session, printed_at__isnull=False)
    return set(copies.values_list("number", flat=True))
