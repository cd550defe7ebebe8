"""API tokens: kept as hashes, shown once, ended by date or by hand."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from backend.people import tokens
from backend.people.models import ApiToken, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def user() -> User:
    return User.objects.create_user("caseworker")


def make(user: User, **options: Any) -> str:
    return tokens.make(user, **{"days": 90, "now": NOW, **options})[1]


def token(*arguments: str) -> str:
    printed = StringIO()
    call_command("token", *arguments, stdout=printed, stderr=StringIO())
    return printed.getvalue().strip()


def test_a_token_is_whose_it_was_made_for_until_its_day(user: User) -> None:
    text = make(user)

    assert tokens.user_of(text, NOW) == user
    assert tokens.user_of(text, NOW + timedelta(days=90, seconds=-1)) == user
    assert tokens.user_of(text, NOW + timedelta(days=90)) is None
    assert tokens.user_of(text[:-1], NOW) is None


def test_nothing_in_the_database_opens_anything(user: User) -> None:
    text = make(user)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM people_apitoken t")
        (stored,) = cursor.fetchone()

    assert text not in stored
    assert text.removeprefix(tokens.PREFIX)[:8] not in stored
    assert tokens.user_of(ApiToken.objects.get().hash, NOW) is None


def test_a_closed_account_makes_its_tokens_useless_at_once(user: User) -> None:
    text = make(user)

    User.objects.update(is_active=False)

    assert tokens.user_of(text, NOW) is None


def test_the_day_of_the_last_use_is_noted_with_one_write_a_day(
    user: User, django_assert_num_queries: Any
) -> None:
    text = make(user)

    with django_assert_num_queries(2):
        tokens.user_of(text, NOW)
    with django_assert_num_queries(1):
        tokens.user_of(text, NOW + timedelta(hours=9))

    assert ApiToken.objects.get().used_on == NOW.date()


def test_one_token_is_ended_and_the_others_stay(user: User) -> None:
    (lost, text), kept = tokens.make(user, days=90, now=NOW), make(user)

    assert tokens.end(user, NOW, lost.pk) == 1

    assert tokens.user_of(text, NOW) is None
    assert tokens.user_of(kept, NOW) == user


def test_the_command_prints_the_token_alone_and_never_again(user: User) -> None:
    text = token("caseworker", "--days", "7")
    assert tokens.user_of(text, timezone.now()) == user

    listed = token("caseworker", "--list")

    assert text not in listed
    assert f"{ApiToken.objects.get().pk}  made " in listed
    assert f"last used {timezone.localdate()}" in listed


def test_the_command_ends_every_token_of_a_user_or_the_one_named(user: User) -> None:
    one, two, three = (token("caseworker") for _ in range(3))
    number = str(tokens.of(user)[0].pk)

    assert token("caseworker", "--revoke", number) == "Ended: 1 of caseworker."
    assert tokens.user_of(three, timezone.now()) is None
    assert tokens.user_of(one, timezone.now()) == user

    assert token("caseworker", "--revoke") == "Ended: 2 of caseworker."
    assert tokens.user_of(two, timezone.now()) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody"], "There is no user named 'nobody'. Check the spelling."),
        (["a\0b"], "There is no user named 'a\\x00b'"),
        (["caseworker", "--days", "0"], "'0' is no number of days from 1 to 366"),
        (["caseworker", "--days", "soon"], "'soon' is no number of days from 1 to 366"),
        (["caseworker", "--revoke", "x"], "'x' is no number of a token; --list shows them"),
        (["caseworker", "--revoke", "7"], "caseworker has no token 7 that is still good; --list shows them."),
    ],
)
def test_a_mistake_in_the_command_is_named(user: User, arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError) as caught:
        token(*arguments)

    assert says in str(caught.value)


def test_no_token_is_made_for_a_closed_account(user: User) -> None:
    User.objects.update(is_active=False)

    with pytest.raises(CommandError, match="The account of 'caseworker' is closed"):
        token("caseworker")
