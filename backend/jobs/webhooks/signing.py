"""The signature of a delivery, by Standard Webhooks: HMAC-SHA256 over id, time and body.

Secrets are derived from the installation's key and stored nowhere: a dump of the database signs nothing.
"""

import base64
import hashlib
import hmac

from django.utils.crypto import salted_hmac

from backend.jobs.models import Subscription

PREFIX = "whsec_"


def secret(subscription: Subscription) -> str:
    """What the receiver checks signatures with, as Standard Webhooks writes secrets."""
    return PREFIX + base64.b64encode(_key(subscription)).decode("ascii")


def headers(subscription: Subscription, delivery: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery sent at a moment (seconds since 1970)."""
    signed = b".".join([delivery.encode("ascii"), str(at).encode("ascii"), body])
    digest = hmac.new(_key(subscription), signed, hashlib.sha256).digest()
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
    }


def _key(subscription: Subscription) -> bytes:
    name = f"{subscription.id}/{subscription.secret_number}"
    return salted_hmac("tsunagu/webhook", name, algorithm="sha256").digest()
