"""The picture of a household: generations above one another, and no line to whoever is protected."""

from backend.pages.residents.drawing import One, draw, generation

HANA = One("髙田 ハナ", "本人", sex="female", self=True)
SON = One("髙田 実", "長男", sex="male")


def test_older_generations_stand_above() -> None:
    drawn = draw([SON, One("髙田 トメ", "母"), HANA])

    down = [node.one.name for node in sorted(drawn.nodes, key=lambda node: node.y)]
    assert down == ["髙田 トメ", "髙田 ハナ", "髙田 実"]


def test_a_grandchild_is_no_child_and_a_grandfather_no_father() -> None:
    assert [generation(word) for word in ("孫", "子", "本人", "父", "祖父", "友人")] == [-2, -1, 0, 1, 2, 0]


def test_no_line_leads_to_whoever_is_protected() -> None:
    assert len(draw([HANA, SON]).lines) == 1
    assert draw([HANA, One("保護中の方", "長女", protected=True)]).lines == ()


def test_who_is_no_kin_stands_in_a_row_of_their_own_below() -> None:
    drawn = draw([HANA, SON, One("林", "隣", helper=True)])

    lowest = max(drawn.nodes, key=lambda node: node.y)
    assert lowest.one.name == "林"
    assert drawn.helpers < lowest.y - 32


def test_the_same_people_are_drawn_the_same() -> None:
    assert draw([HANA, SON]) == draw([HANA, SON])
