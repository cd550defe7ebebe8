"""One letter with everything that is hard to print: variants of characters and a very long address.

What stands in the window is drawn after the text of the page, so its order is asked by itself.
"""

from tests.letters.conftest import printed, reader, stored, text_of

_IVS = "葛\U000e0100"
_NAME = f"山﨑　髙{_IVS}"
_ADDRESS = "海鳴市中浜一丁目2番3号　" + "市営かもめ団地東街区" * 7 + "二〇六号室"


def letter_of(letters, the_house, name=_NAME):
    letter = letters["visit_notice"]
    inputs = stored(letter, the_house)
    inputs["frame"]["to"] |= {"names": [f"{name}　様"], "address": _ADDRESS.split("　")}
    return printed(letter, inputs)


def test_hard_names_and_a_long_address_are_printed_in_order_in_a_small_tagged_file(letters, the_house):
    pdf = letter_of(letters, the_house).pdf

    root, text = reader(pdf).trailer["/Root"], text_of(pdf).replace("\U000e0100", "")
    parts = ["〒000-0101", "海鳴市中浜一丁目", "二〇六号室", "山﨑髙葛様"]
    assert len(_ADDRESS) >= 85
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert root["/MarkInfo"]["/Marked"]
    assert len(pdf) <= 60_000
