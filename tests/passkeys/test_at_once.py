"""Two answers at once, with real connections."""

from threading import Barrier, Thread

from django.db import connection


def test_two_answers_to_one_challenge_at_once_open_the_door_once(committed_db, terminal, key):
    key.counter = 1
    asked = terminal().post("/signin/passkey/begin/").json()
    answers = [key.get(asked), key.get(asked)]
    start, statuses = Barrier(2), []

    def race(answer: str) -> None:
        try:
            start.wait(timeout=30)
            statuses.append(terminal().post("/signin/passkey/", {"_credential": answer}).status_code)
        finally:
            connection.close()

    racers = [Thread(target=race, args=[answer]) for answer in answers]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(statuses) == [302, 403]
