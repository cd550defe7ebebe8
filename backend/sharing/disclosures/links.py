"""The link of a recipient without an account: random, kept only as hashes, opened with a code told elsewhere.

Looking at a link opens nothing: scanners and previews look at links. Opening is a deliberate act with the
code, is written down once, and locks the case first, as a recall does: of the two exactly one is first.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from backend.cases.models import Case
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.models import Link, Package, PackageEvent
from backend.sharing.disclosures.packages import Known, Standing

TOKEN_BYTES = 24  # 192 random bits
CODE_DIGITS = 8
MOST_ATTEMPTS, MOST_OPENINGS = 5, 3
LONGEST_LIFE = timedelta(days=14)
_NOBODY = "0" * 64


class LinkRefused(Exception):  # noqa: N818 - reads as what it says
    """The link or the code is not right, or not any more. The same words, whichever it is."""

    def __str__(self) -> str:
        return _("The link or the code is not right, or it can no longer be used.")


class NotReadable(Exception):  # noqa: N818 - reads as what it says
    """Link and code are right, but the package was recalled or is over."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh link and its code: shown once, kept nowhere. They must not travel together."""

    token: str
    code: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "Issued(…)"

    __str__ = __repr__

    @property
    def shown_code(self) -> str:
        """The code in two groups, as it is read out on the telephone."""
        return f"{self.code[:4]} {self.code[4:]}"


def issue(package: Package, *, by: UUID, now: datetime) -> Issued:
    """A new link for a package that was handed over; the one before ends.

    Raises `NotReadable` for a package nobody may read.
    """
    with transaction.atomic():
        found = locked(package)
        standing = found.standing(timezone.localdate(now))
        if standing is not Standing.OPEN:
            raise NotReadable(standing)
        Link.objects.filter(package=package, replaced_at=None).update(replaced_at=now)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        ends = min(now + LONGEST_LIFE, _end_of(package))
        hashed = token_hash(token)
        Link.objects.create(
            package=package,
            token_hash=hashed,
            code_hash=code_hash(hashed, code),
            issued_at=now,
            issued_by_id=by,
            expires_at=ends,
        )
    return Issued(token, code, ends)


def open_package(token: str, code: str, reader: str, now: datetime) -> PackageEvent:
    """Open with link and code, as `reader` says they are called. Returns the opening that was written down.

    Raises `LinkRefused` for every way in which it is not right, `NotReadable` after a recall or the end.
    """
    hashed = token_hash(token)
    link = Link.objects.select_related("package").filter(token_hash=hashed).first()
    expected = link.code_hash if link else _NOBODY
    right = constant_time_compare(expected, code_hash(hashed, _digits(code)))
    if link is None or link.attempts >= MOST_ATTEMPTS:
        raise LinkRefused
    if not right:
        # Counted by the database, so that two guesses at once are two guesses.
        Link.objects.filter(pk=link.pk, attempts__lt=MOST_ATTEMPTS).update(attempts=F("attempts") + 1)
        raise LinkRefused
    with transaction.atomic():
        return _open(link, reader, now)


def _open(link: Link, reader: str, now: datetime) -> PackageEvent:
    found = locked(link.package)
    standing = found.standing(timezone.localdate(now))
    if standing is not Standing.OPEN:
        raise NotReadable(standing)
    usable = Link.objects.filter(
        pk=link.pk,
        replaced_at=None,
        expires_at__gt=now,
        attempts__lt=MOST_ATTEMPTS,
        openings__lt=MOST_OPENINGS,
    )
    if usable.update(openings=F("openings") + 1) != 1:
        raise LinkRefused
    number = Link.objects.values_list("openings", flat=True).get(pk=link.pk)
    key = f"opened/{link.pk}/{number}"
    packages.happened(link.package, PackageEvent.Kind.OPENED, key, now, reader=reader.strip())
    return PackageEvent.objects.get(package=link.package, key=key)


def locked(package: Package) -> Known:
    """The package with its events, its case locked: whoever recalls it waits, or was first."""
    Case.objects.select_for_update(of=("self",)).only("id").get(pk=package.case_id)
    return packages.known(package)


def left(package: Package) -> int:
    """How often the link in use can still be opened."""
    link = Link.objects.filter(package=package, replaced_at=None).first()
    return MOST_OPENINGS - link.openings if link else 0


def token_hash(token: str) -> str:
    """What the database keeps of a link."""
    return hashlib.sha256(b"tsunagu/link/1\0" + token.encode("utf-8", "replace")).hexdigest()


def code_hash(hashed: str, code: str) -> str:
    """What the database keeps of a code: keyed by the installation, so that no dump alone can be searched."""
    return salted_hmac(f"tsunagu/link/{hashed}", code, algorithm="sha256").hexdigest()


def _digits(code: str) -> str:
    """The digits of a code as typed: full width, spaces and hyphens do not matter."""
    found = "".join(str(int(char)) for char in code[:40] if char.isdecimal())
    return found[:CODE_DIGITS] if len(found) == CODE_DIGITS else ""


def _end_of(package: Package) -> datetime:
    """The end of the last day of a package, in Japan."""
    day = package.expires_on + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_current_timezone())
