"""`make chaos`: an office under load, its processes killed every few seconds, then judged.

    python -m tests.chaos [--seconds 120] [--every 3] [--clients 4] [--seed N] [--on embedded] [--json]

On the embedded defaults, then on servers: CHAOS_POSTGRESQL is a superuser's address of a PostgreSQL server
that may be crashed, CHAOS_BROKER that of RabbitMQ; what cannot be reached is left out. The last line says
what was accepted, lost and doubled; exit 1 when anything does not hold.
"""

import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from backend.config.processes import tsunagu
from tests.chaos import judge, load
from tests.chaos.house import House, ServerStore, Store
from tests.jobs.brokers import RABBITMQ

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
RUNS = ("consents", "reminders", "letters", "seal")
# The font at hand prints what has a place in the first plane; another name's letter would stop, rightly.
_PERSONS = """
    SELECT id::text FROM people_person
    WHERE controller = 'city' AND NOT protected AND address <> '' AND name !~ '[\U00010000-\U0010ffff]'
    LIMIT 200
"""
# No run is at work now: the night passes, in which the leases of those that were killed end.
_NIGHT = "UPDATE runs_run SET lease_until = clock_timestamp() WHERE lease_until > clock_timestamp()"
SETTLING = 300  # seconds


class Chaos:
    """One office, its clients, its runs and what kills them."""

    def __init__(self, house: House, *, every: float, clients: int, seed: int) -> None:
        self.house, self._every = house, every
        self._chance = random.Random(seed)
        self.killed: Counter[str] = Counter()
        token = house.prepare()
        with psycopg.connect(house.store.owner) as connection:
            persons = [row[0] for row in connection.execute(_PERSONS)]
        self.clients = load.Clients(house.address, token, persons, many=clients, seed=seed)
        self._stop = threading.Event()
        self._days = 0

    def rage(self, seconds: float) -> None:
        """Load, runs and deaths at once."""
        self.house.open()
        self.clients.start()
        runs = threading.Thread(target=self._runs, daemon=True)
        runs.start()
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            time.sleep(self._every * (0.5 + self._chance.random()))
            self._strike()
        self._stop.set()
        self.clients.finish()
        runs.join(SETTLING)

    def settle(self) -> None:
        """Nobody dies any more: until nothing waits, then the last day's runs to their end."""
        self.house.wait_ready()
        deadline = time.monotonic() + SETTLING
        self._wait_settled(deadline)
        with psycopg.connect(self.house.store.owner) as connection:
            connection.execute(_NIGHT)
        for name in RUNS:
            while self._run(name) != 0 and time.monotonic() < deadline:
                time.sleep(1)
        self._wait_settled(deadline)

    def _wait_settled(self, deadline: float) -> None:
        """What is left at the deadline the judge tells."""
        while not judge.settled(self.house.store.owner) and time.monotonic() < deadline:
            time.sleep(0.5)

    def _strike(self) -> None:
        name = self._chance.choice([*self.house.alive(), "database"])
        if name == "database":
            self.house.store.kill()
        elif self._chance.random() < 0.2:
            self.house.freeze(name, 1 + 2 * self._chance.random())
            name = f"{name} (frozen)"
        else:
            self.house.kill(name)
        self.killed[name] += 1

    def _runs(self) -> None:
        """A day after the other, each until its runs end well."""
        while not self._stop.is_set():
            if all(not self._stop.is_set() and self._run(name) == 0 for name in RUNS):
                self._days += 1
            time.sleep(0.2)

    def _run(self, name: str) -> int:
        day = date.today() + timedelta(days=self._days)
        return self.house.once("run", tsunagu("run", name, "--date", day.isoformat()))


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=float, default=3, help="seconds between deaths, about")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--on", choices=[*STORES, "both"], default="both")
    parser.add_argument("--logs", type=Path, help="a folder to keep the logs in")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    names = list(STORES) if given.on == "both" else [given.on]
    return max(_on(name, given) for name in names)


def _on(name: str, given: Namespace) -> int:
    """Chaos in one kind of office; 1 when anything does not hold."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        var = Path(folder)
        try:
            store = STORES[name](var)
        except (psycopg.OperationalError, OSError) as error:
            print(f"chaos on {name}: left out, since it cannot be reached: {error}", file=sys.stderr)
            return 0 if given.on == "both" else 2
        house = House(var, store)
        try:
            chaos = Chaos(house, every=given.every, clients=given.clients, seed=given.seed)
            chaos.rage(given.seconds)
            chaos.settle()
            told = chaos.clients.told
            verdict = judge.judge(store.owner, told.accepted, house.logs())
            wrong = [*told.refused, *verdict.wrong, *_verified(house)]
        finally:
            house.close()
            if given.logs:
                house.keep_logs(given.logs)
            store.close()
    found = {
        "on": store.name,
        "seed": given.seed,
        "tries": told.tries,
        "killed": dict(sorted(chaos.killed.items())),
        **asdict(verdict),
        "wrong": wrong,
    }
    print(json.dumps(found, ensure_ascii=False) if given.json else _words(found))
    return 1 if wrong else 0


def _words(found: Mapping[str, Any]) -> str:
    kills = ", ".join(f"{name} {times}" for name, times in found["killed"].items())
    return "\n".join(
        [
            *found["wrong"],
            f"killed: {kills}",
            f"chaos on {found['on']} (seed {found['seed']}): {found['steps']} steps accepted in "
            f"{found['tries']} tries, {sum(found['killed'].values())} kills, {found['letters']} letters, "
            f"{found['notices']} notices, {found['mails']} mails ({found['unclear']} unclear), "
            f"{len(found['wrong'])} wrong",
        ]
    )


def _servers(var: Path) -> ServerStore:
    given = os.environ.get
    return ServerStore(given("CHAOS_POSTGRESQL", POSTGRESQL), given("CHAOS_BROKER", RABBITMQ))


STORES: Mapping[str, Callable[[Path], Store | ServerStore]] = {"embedded": Store, "servers": _servers}


def _verified(house: House) -> list[str]:
    """What `tsunagu verify` finds broken."""
    status = house.once("verify", tsunagu("verify"))
    return [f"verify: status {status}; {house.log('verify').read_text()[-300:]}"] if status else []


if __name__ == "__main__":
    sys.exit(main())
