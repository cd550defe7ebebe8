"""Letters as PDF: what they say, how they look to a machine, what never gets into them."""

import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.letters import engine, fonts, glyphs, postal, proof, render, tokens
from backend.letters.asking import asked_of
from backend.letters.context import Resident
from backend.letters.engine import NotRenderable
from backend.letters.frame import reply_address
from backend.letters.glyphs import MissingGlyph
from backend.letters.layout import MM, Extent, check_layout, texts
from backend.letters.render import DoesNotFit
from backend.letters.vector import data_uri
from tests.letters.conftest import NAMES, context, printed, reader, stored, text_of


def test_every_sample_fits_its_pages_and_places(letters, the_house):
    assert proof.prove(letters.values(), the_house) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_tagged_titled_japanese_and_its_fonts_are_subsets(letters, the_house, name):
    pdf = reader(printed(letters[name], stored(letters[name], the_house)).pdf)

    root = pdf.trailer["/Root"]
    fonts_used = [font for page in pdf.pages for font in page["/Resources"]["/Font"].values()]
    descriptors = [
        one.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for one in fonts_used
    ]
    assert root["/MarkInfo"]["/Marked"] is not None
    assert root["/Lang"] == "ja"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == letters[name].title_ja
    assert descriptors
    assert all("/FontFile2" in one and re.match(r"/[A-Z]{6}\+", one["/FontName"]) for one in descriptors)


# Three say so much that their characters alone take more (docs/explanation/what-a-letter-costs.md).
FULL = {"consent_request": 70_000, "disclosure_package": 70_000, "referral_sheet": 85_000}


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_a_small_file(letters, the_house, name):
    pdf = printed(letters[name], stored(letters[name], the_house)).pdf

    assert len(pdf) <= FULL.get(name, 60_000)


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_a_letter_can_be_searched(letters, the_house, name):
    text = text_of(printed(letters[name], stored(letters[name], the_house)).pdf)

    signer = (
        "海鳴市長"
        if name in ("appointment", "grant_decision", "grant_revocation")
        else "海鳴市福祉部福祉課長"
    )
    in_words = name == "appointment"  # a certificate has its numbers in kanji numerals
    assert ("海福第一二三号" if in_words else "海福第123号") in text
    assert ("令和八年十一月二十四日" if in_words else "令和8年11月24日") in text
    assert signer in text
    assert ("（公印省略）" in text) == (letters[name].seal == "omitted")


def test_an_agency_gets_onchu_and_a_person_sama(letters, the_house):
    sheet = text_of(printed(letters["referral_sheet"], stored(letters["referral_sheet"], the_house)).pdf)
    notice = text_of(printed(letters["visit_notice"], stored(letters["visit_notice"], the_house)).pdf)

    assert "地域包括支援センター中浜御中" in sheet
    assert "髙田ハナ様" in notice
    assert "様御中" not in sheet + notice


def test_letters_of_several_pages_number_them_and_others_do_not(letters, the_house):
    sheet = printed(letters["referral_sheet"], stored(letters["referral_sheet"], the_house))
    notice = printed(letters["visit_notice"], stored(letters["visit_notice"], the_house))

    assert (sheet.pages, notice.pages) == (2, 1)
    assert "1／2" in text_of(sheet.pdf)
    assert "1／1" not in text_of(notice.pdf)


def test_every_page_but_the_first_says_which_letter_it_belongs_to(letters, the_house):
    decision = letters["grant_decision"]
    conditions = ["領収書を保管し、求めがあったときは見せること。" * 4] * 6

    pages = reader(printed(decision, stored(decision, the_house, conditions=conditions)).pdf).pages

    first, second = ("".join(page.extract_text().split()) for page in pages)
    assert "海福第123号2／2" in second
    assert "／" not in first


def test_the_greeting_follows_the_month_of_the_letter(letters, the_house):
    letter = letters["acknowledgement"]
    seen = {}
    for month in range(1, 13):
        day = proof.SAMPLE_DAY.replace(month=month)
        seen[month] = the_house.greeting(day)

    assert len(set(seen.values())) == 12
    assert seen[11] == "晩秋の候"
    assert "拝啓　晩秋の候、" in render.page(letter, stored(letter, the_house), None)


def test_the_acknowledgement_says_fixed_phrases_only(letters):
    letter = letters["acknowledgement"]

    assert {one.name: one.type for one in letter.inputs} == {"reported_on": "date", "phrase": "choice"}
    assert "{{ letter.to" not in letter.files["acknowledgement.html"]


def test_the_sheet_prints_nothing_but_the_items_it_was_given(letters, the_house):
    letter = letters["referral_sheet"]
    only = [{"label": "本人の氏名", "value": "山田　太郎"}]

    text = text_of(printed(letter, stored(letter, the_house, shared=only)).pdf)

    assert "山田太郎" in text
    assert "髙田" not in text
    assert "昭和13年" not in text


# --- the window and the slip -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["consent_request", "visit_notice", "acknowledgement"])
def test_the_address_shows_in_the_window_and_nothing_else_ever_does(letters, the_house, name):
    letter = letters[name]
    token = tokens.new() if letter.tear_off else None
    document = render.layout(letter, stored(letter, the_house), token)
    always, ever = (
        Extent(box.left / 10, box.top / 10, box.right / 10, box.bottom / 10)
        for box in (the_house.window.always_shown, the_house.window.ever_shown)
    )

    address = texts(document, mark="data-window")
    others = [found for found in texts(document) if found not in address]

    assert any("様" in text for text, _place in address)
    assert all(place.within(always) for _text, place in address)
    assert not [text for text, place in others if place.meets(ever)]


def test_pdftotext_finds_the_address_where_the_window_is(letters, the_house, tmp_path):
    letter = letters["consent_request"]
    (tmp_path / "letter.pdf").write_bytes(printed(letter, stored(letter, the_house)).pdf)
    box = the_house.window.always_shown

    crop = [str(round(tenths / 254 * 72)) for tenths in (box.left, box.top, box.width, box.height)]
    options = [part for pair in zip(("-x", "-y", "-W", "-H"), crop, strict=True) for part in pair]
    command = ["pdftotext", *options, str(tmp_path / "letter.pdf"), "-"]
    seen = "".join(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())

    assert seen == "〒000-0101海鳴市中浜一丁目2番3号市営かもめ団地206髙田ハナ様"


@settings(max_examples=8)
@given(st.text("海鳴市中浜一丁目番号", min_size=1, max_size=60), st.text("髙田ハナ", min_size=1, max_size=60))
def test_the_longest_name_of_a_form_is_set_smaller_before_it_leaves_the_window(
    letters, the_house, address, name
):
    letter = letters["visit_notice"]
    inputs = stored(letter, the_house)
    inputs["frame"]["to"] |= {"address": [address[:18], address[18:]], "names": [f"{name}　様"]}

    assert f"{name}様" in text_of(printed(letter, inputs).pdf)


@pytest.mark.parametrize("name", ["acknowledgement", "consent_request", "visit_notice"])
def test_a_long_name_keeps_clear_of_the_barcode_under_it(letters, the_house, name):
    letter = letters[name]
    inputs = stored(letter, the_house)
    inputs["frame"]["to"]["names"] = [
        "海鳴地区連合自治会見守りネットワーク推進協議会",
        "会長　髙田　ハナ　様",
    ]
    token = tokens.new() if letter.tear_off else None

    usual, smallest = (render.layout(letter, inputs, token, size) for size in ("", "denser"))

    (barcode,) = [place for text, place in texts(smallest, mark="data-window") if text == "picture"]
    lines = [place for text, place in texts(smallest, mark="data-window") if text != "picture"]
    assert any(problem.window for problem in check_layout(usual))
    assert check_layout(smallest) == []
    assert max(place.bottom for place in lines) < barcode.top - 1


def test_an_address_of_usual_length_is_set_in_the_usual_size(letters, the_house):
    letter = letters["visit_notice"]
    inputs = stored(letter, the_house)
    inputs["frame"]["to"]["address"] = ["海鳴市中浜一丁目2番3号", "市営かもめ団地206"]

    assert check_layout(render.layout(letter, inputs)) == []


def test_an_address_that_does_not_fit_is_refused_not_cut(letters, the_house):
    letter = letters["visit_notice"]
    inputs = stored(letter, the_house)
    inputs["frame"]["to"]["address"] = ["海鳴市" * 60]

    with pytest.raises(DoesNotFit, match="window"):
        printed(letter, inputs)


def test_the_slip_bears_the_token_and_nothing_of_the_person(letters, the_house):
    letter = letters["consent_request"]
    token = tokens.new()
    document = render.layout(letter, stored(letter, the_house), token)

    slip = "".join(text for text, _place in texts(document, mark="data-keep") if text)
    below = [text for text, place in texts(document) if place.top >= 198]

    assert token.shown in slip
    assert "き り と り" in [text for text, _place in texts(document)]
    assert not [text for text in below if "髙田" in text or "R8-" in text or "海福第" in text]


def test_the_sheet_is_marked_where_it_is_folded(letters):
    style = letters["consent_request"].style

    assert ".fold.first { top: 99mm; }" in style
    assert ".fold.second { top: 198mm; }" in style


def test_the_qr_code_leads_to_the_page_for_answers_and_holds_the_token_alone(
    letters, the_house, monkeypatch, settings
):
    settings.SITE_URL = "https://tsunagu.example/"
    drawn = []
    monkeypatch.setattr("backend.letters.frame.qr", lambda text: drawn.append(text) or "data:,")
    token = tokens.new()

    render.page(letters["consent_request"], stored(letters["consent_request"], the_house), token)

    assert drawn == [f"https://tsunagu.example/reply/#{token.code}"]


def _picture(letter, inputs, token, mark, tmp_path):
    """The last picture inside a mark as printed at 600 dpi: rows of dark (True) and light pixels."""
    document = render.layout(letter, inputs, token)
    place = [place for text, place in texts(document, mark=mark) if text == "picture"][-1]
    (tmp_path / "letter.pdf").write_bytes(document.write_pdf())
    crop = (place.left, place.top, place.right - place.left, place.bottom - place.top)
    options = [part for name, value in zip("xyWH", crop, strict=True) for part in (f"-{name}", _dots(value))]
    command = ["pdftoppm", "-r", "600", "-gray", "-singlefile", *options, "letter.pdf", "picture"]
    subprocess.run(command, cwd=tmp_path, check=True)
    with Image.open(tmp_path / "picture.pgm") as picture:
        (width, height), pixels = picture.size, picture.tobytes()
    return [[value < 128 for value in pixels[row * width : (row + 1) * width]] for row in range(height)]


def _dots(millimetres):
    return str(round(millimetres * 600 / 25.4))


def test_the_qr_code_on_paper_is_the_tokens_module_by_module(letters, the_house, tmp_path):
    letter, token = letters["consent_request"], tokens.new()
    dark = _picture(letter, stored(letter, the_house), token, "data-keep", tmp_path)
    wanted = segno.make(reply_address(token), error="m", micro=False, boost_error=False).matrix
    modules = len(wanted) + 8

    def module(x, y):
        return dark[int((y + 4.5) * len(dark) / modules)][int((x + 4.5) * len(dark[0]) / modules)]

    seen = [[int(module(x, y)) for x in range(len(wanted))] for y in range(len(wanted))]

    assert seen == [list(row) for row in wanted]


def test_the_barcode_on_paper_is_the_addresss_bar_by_bar(letters, the_house, tmp_path):
    letter = letters["visit_notice"]
    dark = _picture(letter, stored(letter, the_house), None, "data-window", tmp_path)
    kinds = {
        (True, True, True): "1",
        (True, True, False): "2",
        (False, True, True): "3",
        (False, True, False): "4",
    }

    def bar(place):
        x = int((2 * place + 0.5) * len(dark[0]) / 133)
        return kinds[tuple(dark[int(y * len(dark) / 6)][x] for y in (1, 3, 5))]

    assert "".join(map(bar, range(67))) == postal.bars("0000101", "1-2-3")


def test_a_letter_with_a_slip_is_not_printed_without_a_token(letters, the_house):
    with pytest.raises(NotRenderable, match="token"):
        render.render(letters["consent_request"], stored(letters["consent_request"], the_house))


def test_long_lists_go_on_a_sheet_of_their_own(letters, the_house):
    letter = letters["consent_request"]
    long = stored(letter, the_house, categories=[f"知らせる情報の種類その{i}" for i in range(18)])

    rendered = printed(letter, long)

    assert rendered.pages == 2
    assert "別紙のとおり" in text_of(rendered.pdf)


# --- characters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["髙田", "山﨑", "\ufa19谷", "葛\U000e0100城", "邉", "瀨"])
def test_variants_of_a_name_are_printed_as_given(letters, the_house, name):
    letter = letters["visit_notice"]

    pdf = printed(letter, stored(letter, the_house, visitors=name)).pdf

    assert name.replace("\U000e0100", "") in text_of(pdf).replace("\U000e0100", "")


def test_a_variant_selector_chooses_another_glyph(letters, the_house):
    letter = letters["visit_notice"]

    plain, variant = (
        printed(letter, stored(letter, the_house, visitors=name)) for name in ("葛城", "葛\U000e0100城")
    )

    assert _glyphs(plain.pdf) != _glyphs(variant.pdf)


def _glyphs(pdf: bytes) -> set[str]:
    return {
        str(font.get_object()["/ToUnicode"].get_data())
        for page in reader(pdf).pages
        for font in page["/Resources"]["/Font"].values()
    }


@pytest.mark.parametrize(
    ("character", "code", "told"),
    [
        ("\ue000", "U+E000", "PRIVATE USE"),
        ("😀", "U+1F600", "GRINNING FACE"),
        ("𠮷", "U+20BB7", "CJK UNIFIED IDEOGRAPH-20BB7"),
        ("𰻞", "U+30EDE", "CJK UNIFIED IDEOGRAPH-30EDE"),
        ("神\U000e0105", "U+795E U+E0105", "VARIATION SELECTOR-22"),
        ("\u200b", "U+200B", "ZERO WIDTH SPACE"),
        ("\u202e", "U+202E", "RIGHT-TO-LEFT OVERRIDE"),
    ],
)
def test_a_character_no_font_has_is_refused_by_name(character, code, told):
    if (
        ord(character[0]) in fonts.coverage(tuple(fonts.require().found.values())).characters
        and len(character) == 1
    ):
        pytest.skip("IPAmj Mincho is installed here and has it")

    with pytest.raises(MissingGlyph) as error:
        glyphs.require_all({"rows": [{"value": f"あ{character}い"}]})

    assert (error.value.code, error.value.where) == (code, "rows.0.value")
    assert told in str(error.value)
    assert code in str(error.value)


def test_a_missing_character_stops_the_letter(letters, the_house):
    letter = letters["visit_notice"]

    with pytest.raises(MissingGlyph, match=r"U\+E000"):
        printed(letter, stored(letter, the_house, visitors="田中\ue000"))


def test_the_name_kept_is_the_name_given():
    with pytest.raises(MissingGlyph) as error:
        glyphs.require("\U00020bb7\U000e0100野家", "resident.name")

    assert "吉" not in str(error.value)


# --- nothing from outside, nothing active ------------------------------------------------------------------

PAGE = '<html lang="ja"><head><title>x</title></head><body><p>印</p><img src="{}" alt="印"></body></html>'
MARKUP = '<script>alert(1)</script><a href="http://127.0.0.1:9/">x</a><img src="file:///etc/passwd">'


def test_markup_in_a_name_is_printed_as_text(letters, the_house):
    letter = letters["visit_notice"]

    pdf = printed(letter, stored(letter, the_house, purpose=MARKUP[:60])).pdf

    assert "<script>alert(1)</script>" in text_of(pdf)
    assert _active(pdf) == []


def _active(pdf: bytes) -> list[str]:
    """Every key of a PDF that links, attaches, runs or submits something."""
    wanted = {
        "/Annots",
        "/EmbeddedFiles",
        "/OpenAction",
        "/AA",
        "/JavaScript",
        "/JS",
        "/AcroForm",
        "/URI",
        "/Launch",
    }
    found, seen = [], set()

    def walk(value):
        value = value.get_object() if hasattr(value, "get_object") else value
        if id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, dict):
            found.extend(key for key in value if key in wanted and value[key])
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    walk(reader(pdf).trailer["/Root"])
    return found


PRINTABLE = "".join(map(chr, range(0x20, 0x7F))) + "あア髙田『』。、"
PIECES = ["<a href=", "javascript:", "{{", "{%", "%}", "&lt;", "]]>", "data:", "file://", "url(", "-->"]


@settings(max_examples=12)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(PRINTABLE, max_size=8)), min_size=1, max_size=5))
def test_no_text_puts_a_link_an_attachment_or_an_action_into_a_letter(letters, the_house, pieces):
    letter = letters["referral_sheet"]
    text = "".join(pieces)[:60].strip() or "x"

    pdf = printed(
        letter, stored(letter, the_house, shared=[{"label": text, "value": text}], request=text)
    ).pdf

    assert _active(pdf) == []


@pytest.fixture
def picture(tmp_path):
    """A picture that could be loaded, if anything were."""
    path = tmp_path / "seal.png"
    Image.new("1", (4, 4)).save(path)
    return path


@pytest.fixture
def listener(picture):
    """A web server on this machine that would hand the picture out; `.hits` are the requests it got."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.hits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(picture.read_bytes())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.hits = []
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


LOADING = [
    '<img src="{}" alt="印">',
    '<link rel="attachment" href="{}">',
    '<link rel="stylesheet" href="{}">',
    '<p style="background: url({})">x</p>',
    '<object data="{}"></object>',
]


def asking(letter, markup):
    page = f'<html lang="ja"><head><title>x</title></head><body><p>印</p>{markup}</body></html>'
    return replace(letter, files={**letter.files, letter.template: page})


@pytest.mark.parametrize("markup", LOADING)
def test_a_letter_that_loads_a_file_stops_instead_of_embedding_it(letters, the_house, picture, markup):
    letter = letters["acknowledgement"]

    with pytest.raises(NotRenderable, match="outside"):
        printed(asking(letter, markup.format(picture.as_uri())), stored(letter, the_house))


@pytest.mark.parametrize("markup", LOADING)
def test_a_letter_never_asks_the_network(letters, the_house, listener, markup):
    letter = letters["acknowledgement"]
    address = f"http://127.0.0.1:{listener.server_port}/seal.png"

    with pytest.raises(NotRenderable, match="outside"):
        printed(asking(letter, markup.format(address)), stored(letter, the_house))

    assert listener.hits == []


def test_a_picture_made_by_the_engine_loads_nothing_either(letters, the_house):
    letter = letters["acknowledgement"]
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    picture = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    files = {**letter.files, "acknowledgement.html": PAGE.format(picture)}

    with pytest.raises(NotRenderable, match="outside"):
        printed(replace(letter, files=files), stored(letter, the_house))


def test_a_picture_without_address_is_drawn(letters, the_house):
    letter = letters["acknowledgement"]
    files = {**letter.files, "acknowledgement.html": PAGE.format(data_uri("M0 0h1", width=1, height=1))}

    assert printed(replace(letter, files=files), stored(letter, the_house)).pages == 1


def test_nothing_a_letter_says_reaches_the_log(letters, the_house, caplog):
    letter = letters["acknowledgement"]
    files = {**letter.files, "acknowledgement.html": PAGE.format("data:image/svg+xml;base64,AAAA")}

    with pytest.raises(NotRenderable):
        printed(replace(letter, files=files), stored(letter, the_house))

    assert caplog.text == ""


@pytest.mark.parametrize("name", NAMES)
def test_reading_a_letter_ourselves_moves_nothing(letters, the_house, name, monkeypatch):
    from weasyprint import HTML

    letter = letters[name]
    token = tokens.new() if letter.tear_off else None
    inputs = stored(letter, the_house)
    ours = render.layout(letter, inputs, token)

    monkeypatch.setattr(engine, "_reader", lambda: lambda html, _root: HTML(string=html))
    theirs = render.layout(letter, inputs, token)

    assert [texts(ours, page) for page in range(1, len(ours.pages) + 1)] == [
        texts(theirs, page) for page in range(1, len(theirs.pages) + 1)
    ]


def test_the_shipped_style_is_understood_whole(letters, caplog):
    engine._style.__wrapped__(letters["acknowledgement"].style)

    assert caplog.text == ""


def test_too_many_pages_are_refused(letters, the_house):
    letter = letters["referral_sheet"]
    long = [{"label": f"{i}", "value": "長い経過\n" * 50} for i in range(20)]

    with pytest.raises(DoesNotFit, match="6 declared"):
        printed(letter, stored(letter, the_house, shared=long))


# --- fonts -----------------------------------------------------------------------------------------------


def test_missing_fonts_are_named_with_the_command_that_brings_them(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDERS", ())
    monkeypatch.setenv("TSUNAGU_FONT_DIR", str(tmp_path))
    fonts._look.cache_clear()

    health = fonts.fonts()
    fonts._look.cache_clear()

    assert not health.ok
    assert "IPAex Mincho" in str(health)
    assert "sudo apt-get install -y fonts-ipaexfont-mincho fonts-ipaexfont-gothic" in str(health)


def test_a_folder_of_ones_own_is_looked_in_first(monkeypatch, tmp_path):
    for path in fonts.require().found.values():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.setenv("TSUNAGU_FONT_DIR", str(tmp_path))

    assert all(path.parent == tmp_path for path in fonts.require().found.values())


# --- large type ------------------------------------------------------------------------------------------


def born(letters, year):
    resident = Resident("髙田 ハナ", zip="000-0101", address="海鳴市中浜", birth_date=date(year, 11, 24))
    return asked_of(letters["consent_renewal"], context(resident=resident))


@pytest.mark.parametrize(("year", "large"), [(1938, True), (1961, True), (1962, False)])
def test_who_is_65_gets_large_type_from_the_birthday_on(letters, year, large):
    assert born(letters, year)["large"] is large


def test_a_letter_that_is_not_declared_large_is_not(letters):
    resident = Resident("髙田 ハナ", address="海鳴市中浜", birth_date=date(1938, 5, 2))

    assert asked_of(letters["visit_notice"], context(resident=resident))["large"] is False


@pytest.mark.parametrize("name", ["consent_renewal", "disclosure_register", "reminder"])
def test_large_type_is_nowhere_under_14_point_below_the_window(letters, the_house, name):
    one = stored(letters[name], the_house)

    assert min(sizes(letters[name], one, large=False)) < 14
    assert min(sizes(letters[name], one, large=True)) >= 14


def sizes(letter, inputs, *, large):
    """The sizes of type in points, of everything on the first page below the window."""
    document = render.layout(letter, inputs, look=render.Look(large))
    sheet = next(box for box in document.pages[0]._page_box.descendants() if box.element_tag == "body")
    texts = [box for box in sheet.descendants() if getattr(box, "text", "")]
    return {round(box.style["font_size"] * 0.75, 1) for box in texts if box.position_y > 62 * MM}


def test_what_does_not_fit_in_large_type_is_printed_as_declared(letters, the_house):
    slip = letters["consent_request"]
    one = stored(slip, the_house)
    one["frame"]["large"] = True

    assert not printed(slip, one).large


def test_the_check_finds_a_letter_declared_large_that_does_not_fit(letters, the_house):
    findings = proof.prove([replace(letters["consent_request"], large=True)], the_house)

    assert [one.message for one in findings] == ["the sample does not fit in large type"]
