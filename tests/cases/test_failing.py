"""Why something got stuck, from the code its row keeps."""

import pytest
from django.utils.translation import override

from backend.cases import effects, failing
from backend.cases.effects import Hopeless
from backend.cases.failing import Code

FACTS = {"answer": "550", "fields": "address", "character": "U+2A6A5", "controller": "city"}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("code", Code)
def test_every_code_has_words_with_its_facts_in_both_languages(code, lang):
    with override(lang):
        told = failing.why({"code": code, **FACTS}, "whatever the log says")
        unforeseen = failing.why({}, "ValueError")

    assert told.what
    assert told.help
    assert "%(" not in told.what
    assert told != unforeseen


def test_the_words_for_the_log_decide_nothing():
    assert failing.why({"code": "worker_lost"}, "anything") == failing.why({"code": "worker_lost"}, "")


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (Hopeless("no", Code.MAIL_REFUSED, answer="550"), {"code": "mail_refused", "answer": "550"}),
        (ValueError("髙田 ハナ"), {}),
    ],
)
def test_a_row_keeps_the_code_and_its_facts_and_nothing_of_an_error_nobody_foresaw(error, kept):
    assert effects.failure(error) == kept
