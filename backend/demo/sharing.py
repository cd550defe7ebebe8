"""Requests to share in the demo city: one for the supervisor, one for the privacy officer, two handed over.

They are asked as a caseworker asks on the page. Played again, each is found done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from backend.cases.models import Key
from backend.demo.acts import Script
from backend.demo.cast import member_id
from backend.demo.lives import NOW
from backend.sharing.disclosures import asking

BY = "caseworker"
_AGREED: Mapping[str, Any] = {
    "to_org": "center-nakahama",
    "purpose": "service_linkage",
    "basis": "consent",
    "categories": ["identity", "contact", "living_status"],
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request about the case of a script; `state` is where it then stands."""

    about: str
    state: str
    answers: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"demo/sharing/{self.about.removeprefix('case/')}"


WANTED = (
    Wanted(
        "case/142",
        "requested",
        {
            "to_org": "police",
            "purpose": "service_linkage",
            "basis": "pia_69_2_iii",
            "categories": ["identity", "contact", "living_status"],
            "reason": "行方が分からなくなったときの捜索に備えて、警察署から照会がありました。",
            "recurring": False,
            "obtainable": "would_endanger",
            "request_no": "海警生第88号",
        },
    ),
    Wanted(
        "case/196",
        "referred",
        {
            "to_org": "center-nakahama",
            "purpose": "emergency_rescue",
            "basis": "pia_69_2_iv",
            "categories": ["identity", "contact"],
            "reason": "入院の支度を手伝ってもらうためです。御本人はいま話ができません。",
        },
    ),
    Wanted("case/087", "shared", {**_AGREED, "reason": "訪問と介護申請の相談をお願いするためです。"}),
    Wanted("case/166", "shared", {**_AGREED, "reason": "配食と見守りの相談をお願いするためです。"}),
)


def ask_all() -> None:
    """Ask for every one of them. Raises `DoorError`, and `RuntimeError` where one stands elsewhere."""
    for wanted in WANTED:
        source = Key.objects.get(key=Script(wanted.about, "referral", ()).key_of(0)).case
        answers = {
            **wanted.answers,
            "source": str(source),
            "to_kind": "organisation",
            "minimised": True,
            "means": "electronic",
            "until": timezone.localdate(NOW + timedelta(days=asking.DAYS)).isoformat(),
        }
        done = asking.ask(answers, actor=member_id(BY), key=wanted.key, at=NOW)
        if done.target != f"{asking.WORKFLOW}.{wanted.state}":
            raise RuntimeError(f"{wanted.key}: the request is {done.target}, not {wanted.state}")
