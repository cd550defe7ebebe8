"""Records that may be of one person: found by what they share, decided by a person, never by the program.

Two records of one controller are put side by side when they share a key: name or reading with the birth
date, a telephone or an address with name, reading or birth date, or name and reading where one has no birth
date. A sweep asks this of the whole table in one statement; whoever registers somebody asks it of one record.
"""

from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend.access.facts import day
from backend.access.filtering import visible_q
from backend.people import comparing, folding, keeping
from backend.people.doubles import Pair, Verdict
from backend.people.errors import NotNow, Refused
from backend.people.merging import MERGE
from backend.people.models import Member, Person

MOST = 20
_KEYS = """
    SELECT p.id, p.controller, p.birth_date, v.key FROM (
        SELECT id, controller, birth_date, address_key,
               nullif(split_part(name_key, ' ', 1), '') AS name,
               nullif(split_part(name_key, ' ', 2), '') AS kana,
               CASE WHEN length(number) >= 9 THEN number END AS number
        FROM people_person, LATERAL (SELECT split_part(phone_key, ' ', 1) AS number) AS dialled
        WHERE merged_into_id IS NULL
    ) AS p, LATERAL (VALUES
        ('nb' || p.name || ' ' || p.birth_date), ('kb' || p.kana || ' ' || p.birth_date),
        ('tn' || p.number || ' ' || p.name), ('tk' || p.number || ' ' || p.kana),
        ('tb' || p.number || ' ' || p.birth_date),
        ('an' || nullif(p.address_key, '') || ' ' || p.name),
        ('ak' || nullif(p.address_key, '') || ' ' || p.kana),
        ('ab' || nullif(p.address_key, '') || ' ' || p.birth_date || left(p.name, 2)),
        ('nk' || p.name || ' ' || p.kana)
    ) AS v (key)
    WHERE v.key IS NOT NULL
"""
_NEW = f"""
    WITH keys AS MATERIALIZED ({_KEYS})
    SELECT DISTINCT one.controller, one.id AS first, other.id AS second
    FROM keys AS one JOIN keys AS other
        ON other.key = one.key AND other.controller = one.controller AND one.id < other.id
        AND (left(one.key, 2) <> 'nk' OR one.birth_date IS NULL OR other.birth_date IS NULL)
    WHERE NOT EXISTS (SELECT FROM people_pair AS known
                      WHERE known.first_id = one.id AND known.second_id = other.id)
"""  # noqa: S608 - no value of a user
_SWEEP = f"""
    INSERT INTO people_pair (controller, first_id, second_id, found_at, verdict, note)
    SELECT controller, first, second, %(now)s::timestamptz, '', '' FROM ({_NEW}) AS found
    ON CONFLICT (first_id, second_id) DO NOTHING
"""  # noqa: S608 - no value of a user


def sweep(now: datetime) -> int:
    """Put every two records that share a key side by side; returns how many pairs are new."""
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, {"now": now})
        return int(cursor.rowcount)


def new_pairs() -> int:
    """How many pairs a sweep would find, nothing written."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_NEW}) AS found")  # noqa: S608 - no value of a user
        return int(cursor.fetchone()[0])


def likely(member: Member, wanted: Person, today: date) -> list[Person]:
    """Records the member may list that look like this one, most alike first: asked before registering."""
    name, kana = folding.fold(wanted.name), folding.fold(wanted.kana)
    number = folding.digits(wanted.phone)
    asked = []
    if wanted.birth_date:
        asked += [Q(birth_date=wanted.birth_date) & _called(word) for word in (name, kana) if word]
    if len(number) >= 9:
        asked.append(Q(grams__contains=sorted("#" + run for run in folding.phone_grams(number))))
    asked += [_called(word) for word in (name, kana) if len(word) > 1]
    if not asked:
        return []
    found = _listed(member, today).filter(reduce(or_, asked)).exclude(pk=wanted.pk)[: 5 * MOST]
    ranked = sorted(
        ((comparing.alike(comparing.compare(wanted, row)), row) for row in found), key=lambda it: -it[0]
    )
    return [row for score, row in ranked if score >= _LEAST][:MOST]


_LEAST = 5  # as much as the same reading and a name without a contradiction


def _called(word: str) -> Q:
    return Q(grams__contains=sorted(folding.wanted(word)), name_key__contains=word)


def _listed(member: Member, today: date) -> QuerySet[Person]:
    allowed = visible_q(member.facts(), "person", day(today))
    return Person.objects.filter(allowed, merged_into=None).defer("grams").order_by("kana", "id")


def note(first: Person, second: Person, now: datetime) -> Pair:
    """Two records side by side, found by somebody who looked at both."""
    one, other = sorted((first, second), key=lambda row: row.pk)
    values = {"controller": one.controller, "found_at": now}
    return Pair.objects.get_or_create(first=one, second=other, defaults=values)[0]


def of_person(person: Person) -> list[Pair]:
    """The pairs of a record that nobody decided yet."""
    open_ = Q(verdict__in=[Verdict.OPEN, Verdict.UNSURE])
    rows = Pair.objects.filter(open_, Q(first=person) | Q(second=person))
    return list(_both_there(rows).order_by("id")[:MOST])


def waiting(member: Member, today: date, most: int = 200) -> list[Pair]:
    """The pairs to decide whose two records the member may list, undecided before unsure."""
    allowed = visible_q(member.facts(), "person", day(today))
    mine = Person.objects.filter(allowed).values("pk")
    rows = Pair.objects.filter(
        controller=member.controller, verdict__in=[Verdict.OPEN, Verdict.UNSURE]
    ).filter(first__in=mine, second__in=mine)
    return list(_both_there(rows).order_by("verdict", "id")[:most])


def _both_there(rows: QuerySet[Pair]) -> QuerySet[Pair]:
    apart = rows.filter(first__merged_into=None, second__merged_into=None)
    return apart.select_related("first", "second", "decided_by")


def decide(pair: Pair, verdict: str, *, by: Member, note: str, now: datetime) -> None:
    """Keep that two records are of different people, or that it is not sure. The same person: `merging`.

    Raises `Refused`, and `NotNow` where somebody else decided meanwhile.
    """
    for person in (pair.first, pair.second):
        decision = keeping.may(by, person.facts(), now, MERGE)
        if not decision.allowed:
            raise Refused(decision)
    if verdict not in (Verdict.DIFFERENT, Verdict.UNSURE):
        raise ValueError(f"{verdict!r} is not decided here")
    with transaction.atomic():
        undecided = Pair.objects.filter(pk=pair.pk, verdict=pair.verdict)
        if undecided.update(verdict=verdict, decided_by=by, decided_at=now, note=note[:200]) != 1:
            raise NotNow(_("Somebody else decided meanwhile. Look at the two records again."))
