"""A wrong setting says what it got and what it wants."""

from pathlib import Path

import pytest

from backend.config.environment import Environment, SettingError


def test_what_is_not_set_has_its_default() -> None:
    nothing = Environment({})

    assert nothing.text("A", "x") == "x"
    assert nothing.flag("A", default=True) is True
    assert nothing.number("A", 5) == 5
    assert nothing.words("A", "a, b,") == ["a", "b"]
    assert nothing.folders("A") == []


@pytest.mark.parametrize(
    ("read", "given", "says"),
    [
        (lambda env: env.flag("A", default=False), "yes", "A='yes': want 'true' or 'false'"),
        (lambda env: env.number("A", 1, least=1, most=9), "10", "want a whole number from 1 to 9"),
        (lambda env: env.number("A", 1), "１", "want a whole number"),
        (lambda env: env.choice("A", "x", ("x", "y")), "z", "want one of x, y"),
        (lambda env: env.folders("A"), "/no/such/folder", "/no/such/folder is not a folder"),
        (lambda env: env.database("A"), "mysql://a/b", "want postgresql://"),
        (lambda env: env.database("A"), "postgresql://host", "want postgresql://"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wanted(read, given: str, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SettingError, match="A") as caught:
        read(Environment({"A": given}))

    assert says in str(caught.value)


def test_a_wrong_database_address_does_not_show_its_password() -> None:
    with pytest.raises(SettingError) as caught:
        Environment({"A": "mysql://user:secret@host/db"}).database("A")

    assert "secret" not in str(caught.value)


def test_a_database_address_is_taken_apart() -> None:
    found = Environment({"A": "postgresql://u:p%40ss@db.example:5433/office?sslmode=require"}).database("A")

    assert found["NAME"] == "office"
    assert (found["USER"], found["PASSWORD"]) == ("u", "p@ss")
    assert (found["HOST"], found["PORT"]) == ("db.example", "5433")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_folder_may_be_the_host(tmp_path: Path) -> None:
    found = Environment({"A": f"postgresql://u@/office?host={tmp_path}"}).database("A")

    assert (found["HOST"], found["OPTIONS"]) == (str(tmp_path), {})
