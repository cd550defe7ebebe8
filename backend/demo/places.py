"""海鳴市 (Uminari), a city by the sea that does not exist: districts and their neighbourhood associations.

Postal codes begin with 000 and telephone numbers with 0832-00, which nobody has.
"""

from dataclasses import dataclass

CITY, CITY_NAME, CITY_KANA = "CITY", "海鳴市", "うみなりし"
_COUNTED = ("一丁目", "二丁目", "三丁目", "四丁目", "五丁目", "六丁目")
_COUNTED_KANA = ("いっちょうめ", "にちょうめ", "さんちょうめ", "よんちょうめ", "ごちょうめ", "ろくちょうめ")
_NAMED = ("上町", "本町", "東町", "西町", "新町", "浜町")
_NAMED_KANA = ("かみまち", "ほんまち", "ひがしまち", "にしまち", "しんまち", "はままち")


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The area of one neighbourhood association."""

    code: str
    name: str
    kana: str
    slug: str
    zip: str


@dataclass(frozen=True, slots=True)
class District:
    """One of the twelve districts, with its neighbourhoods."""

    code: str
    name: str
    kana: str
    slug: str
    counted: bool
    parts: int

    @property
    def neighbourhoods(self) -> tuple[Neighbourhood, ...]:
        names, kana = (_COUNTED, _COUNTED_KANA) if self.counted else (_NAMED, _NAMED_KANA)
        number = int(self.code[1:])
        return tuple(
            Neighbourhood(
                f"{self.code}-{part}",
                f"{self.name}{names[part - 1]}",
                f"{self.kana}{kana[part - 1]}",
                f"{self.slug}-{part}",
                f"000-{number:02d}{part:02d}",
            )
            for part in range(1, self.parts + 1)
        )


DISTRICTS = (
    District("D01", "中浜", "なかはま", "nakahama", counted=True, parts=5),
    District("D02", "潮見", "しおみ", "shiomi", counted=True, parts=5),
    District("D03", "松ヶ丘", "まつがおか", "matsugaoka", counted=True, parts=6),
    District("D04", "灯台前", "とうだいまえ", "todaimae", counted=True, parts=4),
    District("D05", "古港", "ふるみなと", "furuminato", counted=False, parts=5),
    District("D06", "鳴瀬", "なるせ", "naruse", counted=True, parts=4),
    District("D07", "塩屋", "しおや", "shioya", counted=False, parts=4),
    District("D08", "柿木原", "かきのきばる", "kakinokibaru", counted=True, parts=4),
    District("D09", "上之山", "かみのやま", "kaminoyama", counted=False, parts=4),
    District("D10", "小鹿谷", "おじかだに", "ojikadani", counted=False, parts=3),
    District("D11", "白砂", "しらすな", "shirasuna", counted=True, parts=4),
    District("D12", "沖津", "おきつ", "okitsu", counted=False, parts=3),
)
