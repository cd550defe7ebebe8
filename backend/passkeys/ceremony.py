"""The two ceremonies of WebAuthn: making a passkey, and recognising somebody by one.

The only module that knows the library. An answer is taken when its challenge was asked by us for this, the
page was one of ours, the authenticator verified its user, and its counter went forward.
"""

import json
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.passkeys import challenges
from backend.passkeys.challenges import Purpose
from backend.passkeys.models import Event, Keyring, Passkey
from backend.people.models import User

OFFICE = "つなぐ"
LONGEST = 16_384  # no answer of a browser comes near
MILLISECONDS = int(challenges.LASTS.total_seconds() * 1000)
_VERIFIED = UserVerificationRequirement.REQUIRED
T = TypeVar("T")
log = logging.getLogger("backend.passkeys")


class NotRecognisedError(Exception):
    """The answer proves nothing. Why is nobody's business but the log's."""


# --- what is asked ---------------------------------------------------------------------------------------


def offer_sign_in(now: datetime) -> dict[str, Any]:
    """What a browser asks its authenticators when nobody has said who they are."""
    return _request(challenges.ask("sign_in", None, now), [])


def offer_proof(user: User, now: datetime) -> dict[str, Any]:
    """What it asks when somebody signed in must show once more that it is they."""
    return _request(challenges.ask("prove", user, now), good(user))


def offer_new(user: User, now: datetime) -> dict[str, Any]:
    """What it asks to make a passkey. Authenticators that hold one already are left out."""
    options = webauthn.generate_registration_options(
        rp_id=settings.PASSKEY_HOST,
        rp_name=OFFICE,
        user_id=_handle(user),
        user_name=user.username,
        challenge=challenges.ask("add", user, now),
        timeout=MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_described(good(user)),
    )
    return _as_json(options)


def good(user: User) -> list[Passkey]:
    """The passkeys somebody can sign in with, the newest first."""
    return list(Passkey.objects.filter(user=user, ended_at=None).order_by("-made_at", "id"))


# --- what is answered ------------------------------------------------------------------------------------


def add(user: User, answer: str, name: str, origins: Sequence[str], now: datetime) -> Passkey:
    """Keep the new passkey of a user. Raises `NotRecognisedError`."""
    parsed = _read(parse_registration_credential_json, answer)
    verified = _tried(
        lambda: webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=_challenge(parsed.response.client_data_json, "add", user, now),
            expected_rp_id=settings.PASSKEY_HOST,
            expected_origin=list(origins),
            require_user_verification=True,
        )
    )
    try:
        with transaction.atomic():
            row = Passkey.objects.create(
                user=user,
                credential=verified.credential_id,
                public_key=verified.credential_public_key,
                counted=verified.sign_count,
                name=name,
                made_at=now,
            )
            Event.objects.create(passkey=row, kind=Event.Kind.ADDED, at=now, by=user)
    except IntegrityError:
        raise NotRecognisedError from None  # a credential belongs to one account for ever
    return row


def recognise(answer: str, origins: Sequence[str], now: datetime, user: User | None = None) -> Passkey:
    """Whose passkey answered: anybody's, to sign in, or one of `user`, to prove that it is they.

    Raises `NotRecognisedError`, alike for an unknown passkey, a removed one and a forged answer.
    """
    parsed = _read(parse_authentication_credential_json, answer)
    purpose: Purpose = "sign_in" if user is None else "prove"
    challenge = _challenge(parsed.response.client_data_json, purpose, user, now)
    with transaction.atomic():
        rows = Passkey.objects.select_for_update(of=("self",)).select_related("user__keyring")
        row = rows.filter(credential=parsed.raw_id, ended_at=None, user__is_active=True).first()
        if row is None or (user is not None and row.user_id != user.pk):
            raise NotRecognisedError
        handle = parsed.response.user_handle
        if handle != bytes(row.user.keyring.handle) and not (handle is None and user is not None):
            raise NotRecognisedError
        verified = _tried(
            lambda: webauthn.verify_authentication_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=settings.PASSKEY_HOST,
                expected_origin=list(origins),
                credential_public_key=bytes(row.public_key),
                credential_current_sign_count=0,  # compared below, where it is more than "no"
                require_user_verification=True,
            )
        )
        kind = Event.Kind.USED if user is None else Event.Kind.PROVED
        counted = verified.new_sign_count
        forward = counted > row.counted or counted == row.counted == 0
        if forward:
            Passkey.objects.filter(pk=row.pk).update(counted=counted, used_at=now)
        Event.objects.create(
            passkey=row, kind=kind if forward else Event.Kind.COPIED, at=now, by=row.user if forward else None
        )
    if not forward:
        log.warning("a passkey was refused: its counter went back")
        raise NotRecognisedError
    return row


def _handle(user: User) -> bytes:
    ring, _made = Keyring.objects.get_or_create(user=user, defaults={"handle": secrets.token_bytes(32)})
    return bytes(ring.handle)


def _request(challenge: bytes, known: Sequence[Passkey]) -> dict[str, Any]:
    options = webauthn.generate_authentication_options(
        rp_id=settings.PASSKEY_HOST,
        challenge=challenge,
        timeout=MILLISECONDS,
        allow_credentials=_described(known),
        user_verification=_VERIFIED,
    )
    return _as_json(options)


def _described(rows: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(row.credential)) for row in rows]


def _as_json(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found


def _read(parse: Callable[[str], T], answer: str) -> T:
    if len(answer) > LONGEST:
        raise NotRecognisedError
    return _tried(lambda: parse(answer))


def _challenge(client_data: bytes, purpose: Purpose, user: User | None, now: datetime) -> bytes:
    """The challenge that was answered, which nobody can answer again."""
    challenge: bytes = _tried(lambda: parse_client_data_json(client_data).challenge)
    if not challenges.take(challenge, purpose, user, now):
        raise NotRecognisedError
    return challenge


def _tried(work: Callable[[], T]) -> T:
    """The library's answer. What it makes of bytes from outside may fail in any way, and all mean no."""
    try:
        return work()
    except NotRecognisedError:
        raise
    except Exception as error:
        log.info("a passkey was not recognised: %s", type(error).__name__)
        raise NotRecognisedError from error
