"""An authenticator in software: what a fingerprint reader does, for tests without a browser."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "http://localhost"
PRESENT, VERIFIED, HOLDS_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """It holds one passkey. What it answers can be bent by naming it: an origin, its flags, its counter."""

    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    counter: int = 0
    handle: str = ""

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any], origin: str = ORIGIN, flags: int = PRESENT | VERIFIED) -> str:
        """Answer to being asked for a new passkey."""
        self.handle = options["user"]["id"]
        number = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: number.x.to_bytes(32), -3: number.y.to_bytes(32)}
        data = self._data(options["rp"]["id"], flags | HOLDS_KEY) + bytes(16)
        data += len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        said = self._said("webauthn.create", options, origin)
        return self._answer(clientDataJSON=said, attestationObject=cbor2.dumps(attestation))

    def get(
        self,
        options: dict[str, Any],
        origin: str = ORIGIN,
        flags: int = PRESENT | VERIFIED,
        by: "Authenticator | None" = None,
        rp: str = "",
    ) -> str:
        """Answer to being asked who it is; signed `by` another, it is forged."""
        said = self._said("webauthn.get", options, origin)
        data = self._data(rp or options["rpId"], flags)
        signed = (by or self).key.sign(data + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=said,
            authenticatorData=data,
            signature=signed,
            userHandle=base64url_to_bytes(self.handle),
        )

    def _data(self, rp: str, flags: int) -> bytes:
        return sha256(rp.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    @staticmethod
    def _said(kind: str, options: dict[str, Any], origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": origin}).encode()

    def _answer(self, **response: bytes) -> str:
        own = bytes_to_base64url(self.id)
        told = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": told})
