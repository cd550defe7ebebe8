"""Calling another system's address without being led anywhere else.

Only origins listed in the settings are called. The name is looked up once and the connection goes to exactly
that address, which must be public or in a listed network; a redirect is an answer like any other and is not
followed; nothing of the answer is kept but its status.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

CONNECT_SECONDS, WHOLE_SECONDS = 5, 15
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


LONGEST = 300  # characters of an address


class NotAllowed(Exception):  # noqa: N818 - reads as what it says
    """The address may not be called from here; the message says why."""


def origin(url: str) -> str:
    """Scheme, host and port of an address, as the settings list it. Raises `NotAllowed` for anything odd."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("it is no address") from None
    odd = parts.username is not None or parts.password is not None or parts.fragment
    plain = all(33 <= ord(letter) < 127 for letter in url)
    if parts.scheme not in ("https", "http") or not parts.hostname or odd or not plain:
        raise NotAllowed("it is no plain https address")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port not in (None, usual) else "")


def check(url: str) -> None:
    """Raise `NotAllowed` for an address that is too long or whose origin is not listed."""
    if len(url) > LONGEST:
        raise NotAllowed(f"it is longer than {LONGEST} characters")
    found = origin(url)
    if found not in settings.WEBHOOK_ORIGINS:
        raise NotAllowed(f"{found} is not in TSUNAGU_WEBHOOK_ORIGINS")


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post a body; the status of the answer. Raises `NotAllowed`, OSError when there is no answer."""
    check(url)
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port or {"https": 443, "http": 80}[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(host, port, _address(host, port), secure=parts.scheme == "https")
    too_long = threading.Timer(WHOLE_SECONDS, connection.cut)
    too_long.start()
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        return int(connection.getresponse().status)
    except http.client.HTTPException as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        too_long.cancel()
        connection.close()


def _address(host: str, port: int) -> str:
    """The one address to connect to. Raises `NotAllowed` when any of the name's addresses is inside."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allowed(ipaddress.ip_address(address.partition("%")[0])):
            raise NotAllowed(f"{host} leads into a network that is not listed")
    return addresses[0]


def allowed(address: Address) -> bool:
    """Whether the address is public or in a listed network, looked at as what it really leads to."""
    real = _real(address)
    if any(real in network for network in settings.WEBHOOK_NETWORKS if network.version == real.version):
        return True
    return real.is_global and not real.is_multicast


def _real(address: Address) -> Address:
    """An IPv4 address that stands inside an IPv6 one (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, under the name it was looked up by (for Host and the certificate)."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if secure else 80
        self._address, self._secure = address, secure

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        context: Any = ssl.create_default_context() if self._secure else None
        self.sock = context.wrap_socket(plain, server_hostname=self.host) if context else plain

    def cut(self) -> None:
        """End it, however slowly the other side drips."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                sock.close()
