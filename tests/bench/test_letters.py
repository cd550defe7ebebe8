"""The bench of letters compares the same pages, and measures every kind."""

import pytest

from backend.bench import letters
from backend.letters import definition, render
from tests.letters.conftest import text_of


def test_bare_weasyprint_writes_the_same_letter() -> None:
    letter, stored, token = next(letters.jobs(["acknowledgement"]))

    bare = letters.Bare().pdf(render.page(letter, stored, token), letter.style)

    assert text_of(bare) == text_of(render.render(letter, stored, token).pdf)


def test_every_kind_of_letter_is_measured() -> None:
    found = letters.singles(rounds=1, warm=0)

    assert [one.name for one in found] == list(definition.current())
    assert all(one.ms > 0 for one in found)


def test_the_ratio_is_of_the_two_times() -> None:
    found = letters.ratio(letters.CHUNK, warm=0)

    assert found.ratio == pytest.approx(found.ours / found.bare)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_batch_is_spread_over_its_processes(processes: int) -> None:
    found = letters.batch(20, processes)

    assert (found.processes, found.per_second > 0) == (processes, True)
    assert 0 < found.early <= found.late * 1.5


def ends(*_given: object) -> None:
    """What a process does that cannot load the program."""
    raise SystemExit(3)


def test_a_process_that_ends_early_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_work", ends)

    with pytest.raises(RuntimeError, match="ended early"):
        letters.batch(20, 2)
