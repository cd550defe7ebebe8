"""What comes back must lead somewhere: a slip names a form that exists."""

from dataclasses import replace

from backend.catalogue import loading


def test_a_slip_that_names_no_form_is_found_and_told_the_likely_one() -> None:
    letter = replace(loading.use().letters["consent_request"], slip_form="consnt")

    (finding,) = loading._slips_without_form({letter.name: letter}, loading.use().forms)

    assert "there is no form 'consnt'" in str(finding)
    assert "did you mean 'consent'?" in str(finding)


def test_every_shipped_slip_names_a_form() -> None:
    assert [
        letter.name for letter in loading.use().letters.values() if letter.tear_off and not letter.slip_form
    ] == []
