"""Two controllers on one installation see nothing of each other's, not even a number (TRUST 29).

Each has a canary: a resident with a case, a letter and a meeting. Every address of the pages and the API is
asked as everybody of the other office; a new address is asked by being in the table of addresses.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.models import Case, Notice
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from backend.people.models import Person, User
from tests.sharing.councils.conftest import answers, break_glass, run_effects

pytestmark = pytest.mark.django_db

NAMES = {"city": "市金糸雀　はな", "csw": "社協金糸雀　たろう"}
STAFF = {"city": "caseworker", "csw": "csw"}
OTHER = {"city": "csw", "csw": "city"}
# Whoever works for the one office alone; commissioners and receivers have cases of their own.
OF = {
    "city": ("caseworker", "supervisor", "privacy", "commissioner", "outsider"),
    "csw": ("csw", "volunteer"),
}
HIDDEN = re.compile(
    rb'(name="csrfmiddlewaretoken" value="[^"]*"|name="_key" value="[^"]*"|nonce="[^"]*"'
    rb'|<p class="printed".*?</p>|data-seconds="[0-9]+")'  # the moment at which it is read
)


def canary(controller: str) -> Done:
    """A resident of one office, with everything that hangs on a case."""
    person = Person.objects.create(
        controller=controller,
        name=NAMES[controller],
        kana="かなりあ",
        birth_date="1940-01-01",
        area_id="D01-1",
        address=f"海鳴市中浜一丁目 金糸雀荘{controller}",
        phone="0832-00-4649",
    )
    who = member_id(STAFF[controller])
    report = answers("detection_report", subject_name=NAMES[controller])
    begun = actions.start("referral", actor=who, answers=report, key=uuid4().hex, person=person.id)
    given = answers("triage", urgency="C")
    done = actions.perform(begun.case, "triage", actor=who, answers=given, key=uuid4().hex)
    plan = answers(
        "council_plan",
        title=f"金糸雀会議{controller}",
        chair=str(who),
        members=[{"member": str(who), "part": "member"}],
    )
    meeting = actions.start("council", actor=who, answers=plan, key=uuid4().hex, area="CITY")
    number = Case.objects.values_list("number", flat=True).get(pk=begun.case)
    agenda = answers("council_agenda", number=number)
    actions.perform(meeting.case, "add_case", actor=who, answers=agenda, key=uuid4().hex)
    run_effects()
    return done


def addresses(ids: dict[str, Any]) -> Iterator[str]:
    """Every address of the office, its places filled with the ids of the canary."""
    for prefix, pattern in _patterns(get_resolver().url_patterns):
        path = prefix + str(pattern.pattern)
        for converter, name in re.findall(r"<(\w+):(\w+)>", path):
            path = path.replace(f"<{converter}:{name}>", str(_filling(prefix, path, name, ids)))
        # Signing out, and acting as somebody else, would end the session of who asks.
        if "^" not in path and "$" not in path and path not in ("signout/", "act-as/"):
            yield "/" + path


def _patterns(found: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        if isinstance(one, URLPattern):
            yield prefix, one
        else:
            yield from _patterns(one.url_patterns, prefix + str(one.pattern))


def _filling(prefix: str, path: str, name: str, ids: dict[str, Any]) -> Any:
    if name == "pk":
        return ids.get(path.split("/")[1], uuid4())
    if name == "case_id":
        return ids["councils" if path.startswith("councils") else "cases"]
    return {"action": "note", "workflow": "referral", "name": "referral", "seq": 1, "number": 1}.get(
        name, ids.get(name.removesuffix("_id") + "s", uuid4())
    )


def ids_of(controller: str) -> dict[str, Any]:
    case = Case.objects.get(controller=controller, workflow="referral")
    letter = IssuedLetter.objects.filter(case=case).first()
    return {
        "cases": case.id,
        "persons": case.person_id,
        "letters": letter.id if letter else UUID(int=7),
        "councils": Case.objects.get(controller=controller, workflow="council").id,
    }


def client_of(username: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(User.objects.get(username=username))
    return client


def leaks(content: bytes, controller: str) -> list[str]:
    """What a page tells of the canary of a controller."""
    words = [NAMES[controller], f"金糸雀荘{controller}", f"金糸雀会議{controller}"]
    numbers = Case.objects.filter(controller=controller).values_list("number", flat=True)
    text = content.decode("utf-8", "replace")
    return [word for word in words if word in text] + [
        number for number in numbers if re.search(rf"(?<![\w-]){number}(?!\d)", text)
    ]


@pytest.fixture
def canaries(cast: None) -> dict[str, Done]:
    return {controller: canary(controller) for controller in ("csw", "city")}


@pytest.mark.parametrize("controller", ["city", "csw"])
def test_no_address_of_the_office_tells_anything_of_the_other_s_canary(
    canaries: Any, controller: str
) -> None:
    found = []
    ids = ids_of(controller)
    for username in OF[OTHER[controller]]:
        client = client_of(username)
        for address in addresses(ids):
            for answer in (client.get(address), client.post(address, {"q": "かなりあ", "number": "x"})):
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                told = leaks(content, controller)
                if told:
                    found.append((username, address, answer.status_code, told))

    assert found == []


def test_the_canary_is_seen_by_its_own_office(canaries: Any) -> None:
    for controller, who in STAFF.items():
        ids, client = ids_of(controller), client_of(who)
        pages = [f"/cases/{ids['cases']}/", f"/persons/{ids['persons']}/", f"/councils/{ids['councils']}/"]
        assert [client.get(page).status_code for page in pages] == [200, 200, 200]
        assert NAMES[controller] in client.get(pages[0]).content.decode()


LISTS = (
    "/", "/?view=team", "/?view=unassigned", "/?view=overdue", "/notices/", "/persons/", "/councils/",
    "/cases/new/", "/api/cases/", "/api/cases/?order=due", "/api/persons/", "/api/letters/",
    "/api/persons/search/?q=%E3%81%8B%E3%81%AA%E3%82%8A%E3%81%82",
)  # fmt: skip


@pytest.mark.parametrize("controller", ["city", "csw"])
def test_a_list_is_the_same_to_the_byte_whether_the_other_office_has_a_canary(
    cast: None, controller: str
) -> None:
    mine = OTHER[controller]
    canary(mine)
    clients = {username: client_of(username) for username in OF[mine] if username != "privacy"}

    def everything() -> dict[tuple[str, str], bytes]:
        return {
            (username, address): HIDDEN.sub(b"", client.get(address).content)
            for username, client in clients.items()
            for address in LISTS
        }

    before = everything()
    canary(controller)

    assert [place for place, content in everything().items() if content != before[place]] == []


def test_nobody_is_told_of_the_other_office_s_canary(canaries: Any) -> None:
    told = Notice.objects.exclude(kind="received").select_related("member", "case")

    assert [
        (row.member.name, row.case.number) for row in told if row.member.controller != row.case.controller
    ] == []


def test_an_emergency_opens_one_case_and_neither_the_person_nor_the_rest(canaries: Any) -> None:
    opened = break_glass(canaries["city"], "csw")
    ids, client = ids_of("city"), client_of("csw")

    assert client.get(f"/cases/{opened.case}/").status_code == 200
    assert client.get(f"/persons/{ids['persons']}/").status_code == 404
    assert client.get(f"/councils/{ids['councils']}/").status_code == 404
    assert NAMES["city"] not in client.get("/?view=team").content.decode()
