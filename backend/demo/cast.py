"""The cast: named people with fixed rights, the same in tests, policies, documents and the demo city."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.utils.crypto import salted_hmac

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://uminari.example/demo")
TODAY = date(2026, 11, 24)
TERM_FROM, TERM_UNTIL = date(2025, 12, 1), date(2028, 11, 30)  # 民生委員法10条: three years
PLEDGED, TRAINED_UNTIL = date(2025, 12, 8), date(2027, 3, 31)


def identity(what: str) -> uuid.UUID:
    """The id of something in the demo city: the same in every copy of it."""
    return uuid.uuid5(NAMESPACE, what)


@dataclass(frozen=True, slots=True)
class Player:
    """One of the cast. `area` is None for somebody who works for the whole city."""

    username: str
    name: str
    kana: str
    role: str
    organisation: str
    controller: str
    area: str | None = None
    post: str = ""
    supervisor: str = ""

    @property
    def id(self) -> uuid.UUID:
        return identity(f"member/{self.username}")


CAST = (
    Player(
        "caseworker",
        "佐藤 直子",
        "さとう なおこ",
        "caseworker",
        "city-welfare",
        "city",
        None,
        "主任",
        "supervisor",
    ),
    Player("supervisor", "山本 誠", "やまもと まこと", "supervisor", "city-welfare", "city", None, "課長"),
    Player(
        "csw", "中村 恵", "なかむら めぐみ", "csw_staff", "csw", "csw", None, "コミュニティソーシャルワーカー"
    ),
    Player(
        "commissioner", "林 和子", "はやし かずこ", "welfare_commissioner", "council-nakahama", "city", "D01"
    ),
    Player("volunteer", "村上 武", "むらかみ たけし", "welfare_volunteer", "na-nakahama-1", "csw", "D01-1"),
    Player(
        "receiver",
        "田中 由美",
        "たなか ゆみ",
        "agency_staff",
        "center-nakahama",
        "center",
        "D01",
        "社会福祉士",
    ),
    Player(
        "privacy", "藤井 浩", "ふじい ひろし", "privacy_officer", "city-records", "city", None, "課長補佐"
    ),
    Player("outsider", "岡田 進", "おかだ すすむ", "welfare_commissioner", "council-shiomi", "city", "D02"),
)
SYSTEM = Player("system", "自動処理", "じどうしょり", "system", "city-welfare", "city")
# The automated run of each controller: no policy lets one issue the other's letters.
RUNS = (SYSTEM, Player("system-csw", "自動処理", "じどうしょり", "system", "csw", "csw"))
BY_NAME = {player.username: player for player in (*CAST, *RUNS)}

_WORDS = (
    *(
        "umi",
        "nami",
        "kaze",
        "sora",
        "hoshi",
        "tsuki",
        "yama",
        "kawa",
        "mori",
        "hana",
        "tori",
        "fune",
        "minato",
    ),
    *("shima", "sango", "kamome", "iwashi", "wakame", "suna", "kai", "kumo", "ame", "yuki", "hikari", "kage"),
    *(
        "asa",
        "yoru",
        "haru",
        "natsu",
        "aki",
        "fuyu",
        "matsu",
        "take",
        "sakura",
        "momo",
        "kaki",
        "kuri",
        "yuzu",
    ),
)


def member_id(username: str) -> uuid.UUID:
    """The member id of one of the cast. Raises `KeyError` for anybody else."""
    return BY_NAME[username].id


def password(username: str) -> str:
    """The password of one of the cast in this installation, such as `kamome-yuzu-minato-4821`.

    Made from the installation's secret key, so that it stays the same here and is known nowhere else.
    """
    digest = salted_hmac("tsunagu/demo/password", username, algorithm="sha256").digest()
    words = [_WORDS[int.from_bytes(digest[at : at + 2]) % len(_WORDS)] for at in (0, 2, 4, 6)]
    return "-".join([*words, f"{int.from_bytes(digest[8:12]) % 10_000:04d}"])
