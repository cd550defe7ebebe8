"""The queues the same tests run on: files, RabbitMQ, Redis. Which servers, the environment says.

A machine without them skips their tests and says how to have them; continuous integration has both.
"""

import os
from dataclasses import dataclass
from functools import cache

from kombu import Connection

RABBITMQ = os.environ.get("TSUNAGU_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
REDIS = os.environ.get("TSUNAGU_TEST_REDIS", "redis://127.0.0.1:6379/0")


@dataclass(frozen=True)
class Broker:
    """A server that carries the queue; no address means files."""

    name: str
    url: str
    variable: str = ""

    def why_not(self) -> str:
        """Why it cannot be used here, and what to do; empty when it can."""
        return _trouble(self) if self.url else ""

    def remove(self, queue: str) -> None:
        """Take everything of a queue off the server."""
        if self.url.startswith("amqp"):
            with Connection(self.url) as connection:
                connection.default_channel.queue_delete(queue)
        elif self.url:
            with Connection(self.url) as connection:
                client = connection.default_channel.client
                for key in client.scan_iter(f"{queue}:*"):
                    client.delete(key)


@cache
def _trouble(broker: Broker) -> str:
    try:
        with Connection(broker.url, connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except Exception as error:
        return (
            f"{broker.name} does not answer ({type(error).__name__}). Start one on this machine or set "
            f"{broker.variable}; see docs/how-to/choose-a-broker.md."
        )
    return ""


ALL = (
    Broker("files", ""),
    Broker("RabbitMQ", RABBITMQ, "TSUNAGU_TEST_RABBITMQ"),
    Broker("Redis", REDIS, "TSUNAGU_TEST_REDIS"),
)
