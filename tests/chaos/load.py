"""Clients that do not give up: each keeps the key of what it asked until somebody answers for it."""

import itertools
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from backend.bench.steps import Act, first_six

_AGAIN = {409, 429, 500, 502, 503, 504}
_PATIENCE = 240.0  # seconds for one act: an office that does not come back in that time has failed


@dataclass(frozen=True)
class Accepted:
    """A step the office answered for."""

    key: str
    case: str
    seq: int
    action: str


@dataclass
class Told:
    """What the clients heard. `refused` should stay empty: nothing they ask is wrong."""

    accepted: list[Accepted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    repeated: int = 0
    tries: int = 0
    server_errors: int = 0


class Clients:
    """Several clients at work until told to stop; each carries its last case to the end."""

    def __init__(self, address: str, token: str, persons: Sequence[str], *, many: int, seed: int) -> None:
        self._address, self._token = address, token
        self._persons = itertools.cycle(persons)
        self._stop, self._lock = threading.Event(), threading.Lock()
        self.told = Told()
        self._threads = [
            threading.Thread(target=self._work, args=(random.Random(seed + number),), daemon=True)
            for number in range(many)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """No new case; wait until every case begun has gone its way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * _PATIENCE)

    def _work(self, chance: random.Random) -> None:
        while not self._stop.is_set() and not self.told.refused:
            case, revision = "", 0
            for act in _acts():
                done = self._persist(act, case, revision, chance)
                if done is None:
                    return
                case, revision = done["case"], done["revision"]

    def _persist(self, act: Act, case: str, revision: int, chance: random.Random) -> dict[str, Any] | None:
        """Ask with one key until it is answered; sometimes twice at once, as a double click does."""
        key, deadline = uuid4().hex, time.monotonic() + _PATIENCE
        body: dict[str, Any] = {"answers": act.answers}
        if case:
            path = f"/api/cases/{case}/actions/{act.action}/"
            body["revision"] = revision
        else:
            path = "/api/cases/"
            with self._lock:
                body |= {"workflow": "referral", "person": next(self._persons)}
        while time.monotonic() < deadline:
            if chance.random() < 0.1:
                threading.Thread(target=self._ask, args=(path, body, key), daemon=True).start()
            status, answer = self._ask(path, body, key)
            with self._lock:
                self.told.tries += 1
                self.told.server_errors += status >= 500
            if status in (200, 201):
                with self._lock:
                    self.told.repeated += answer["repeated"]
                    self.told.accepted.append(
                        Accepted(key, answer["case"], answer["revision"], answer["action"])
                    )
                return answer
            if status and status not in _AGAIN:
                break
            time.sleep(0.1 + chance.random() * 0.4)
        with self._lock:
            self.told.refused.append(f"{act.action}: {status} {json.dumps(answer, ensure_ascii=False)[:300]}")
        return None

    def _ask(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any]:
        """Status and answer; status 0 when nobody answered."""
        request = urllib.request.Request(
            self._address + path,
            data=json.dumps(body).encode(),
            method="POST",
            headers={
                "Authorization": f"Token {self._token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")[:300]
        except (OSError, ValueError):
            return 0, ""


def _acts() -> Iterator[Act]:
    """The first six steps of a referral: three letters, several notices and mails."""
    yield from first_six()
