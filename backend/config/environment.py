"""Settings come from the environment only, and a wrong value says what it got and what it wants."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Network = IPv4Network | IPv6Network
ROOT = Path(__file__).resolve().parents[2]


class SettingError(ValueError):
    """An environment variable holds a value that cannot be used."""


@dataclass(frozen=True)
class Environment:
    """Typed reading of environment variables.

    Every reader raises `SettingError` whose message names the variable, what it got and what it wants.
    """

    values: Mapping[str, str]

    @classmethod
    def of_this_process(cls) -> "Environment":
        return cls(os.environ)

    @property
    def var(self) -> Path:
        """Where this installation keeps what it makes: the embedded database, queue, secret key, letters."""
        return Path(self.text("TSUNAGU_VAR", str(ROOT / "var")))

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        given = self.text(name)
        if not given:
            return default
        if given in ("true", "false"):
            return given == "true"
        raise SettingError(f"{name}={given!r}: want 'true' or 'false'.")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        given = self.text(name)
        if not given:
            return default
        if given.isdecimal() and given.isascii() and least <= int(given) <= most:
            return int(given)
        raise SettingError(f"{name}={given!r}: want a whole number from {least} to {most}.")

    def choice(self, name: str, default: str, options: tuple[str, ...]) -> str:
        given = self.text(name, default)
        if given in options:
            return given
        raise SettingError(f"{name}={given!r}: want one of {', '.join(options)}.")

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def folders(self, name: str) -> list[Path]:
        """Folders separated as in PATH; each must exist."""
        folders = [Path(part) for part in self.text(name).split(os.pathsep) if part]
        for folder in folders:
            if not folder.is_dir():
                raise SettingError(f"{name}: {folder} is not a folder; make it or take it out.")
        return folders

    def networks(self, name: str) -> list[Network]:
        """Networks as `10.20.0.0/16`, separated by commas."""
        found: list[Network] = []
        for word in self.words(name):
            try:
                found.append(ip_network(word))
            except ValueError:
                raise SettingError(
                    f"{name}: {word!r} is no network; want one such as 10.20.0.0/16."
                ) from None
        return found

    def database(self, name: str, default: str = "") -> dict[str, Any]:
        """A `postgresql://user:password@host:port/name?option=value` address as Django's dictionary."""
        given = self.text(name, default)
        parts = urlsplit(given)
        if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
            raise SettingError(
                f"{name}: want postgresql://user:password@host:port/database; "
                f"got an address of the kind {parts.scheme or 'nothing'!r}."
            )
        options = dict(parse_qsl(parts.query))
        return {
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
        }


def is_address(host: str) -> bool:
    """Whether a host is written as a number, which has no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
