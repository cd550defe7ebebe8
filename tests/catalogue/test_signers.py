"""A rule of who signs names letters that exist."""

from backend.catalogue import loading

SENDERS = """senders:
  a:
    symbol: 福
    issuer: [課長]
    answers_to: 市長
    section: 係
    signs: [{letters: [grant_decison], issuer: [市長]}]
"""


def test_a_letter_nobody_wrote_is_signed_by_nobody(settings, tmp_path):
    folder = tmp_path / "forms" / "letters" / "house"
    folder.mkdir(parents=True)
    (folder / "senders.yaml").write_text(SENDERS, encoding="utf-8")
    settings.DEFINITION_ROOTS = [*settings.DEFINITION_ROOTS, tmp_path]

    told = [str(one) for one in loading.read().findings]

    assert any("signs names the letter 'grant_decison'" in one and "grant_decision" in one for one in told)
