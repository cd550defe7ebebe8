"""The door for a passkey: nobody types a name, the authenticator says whose it is."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from backend.pages.acting import private
from backend.pages.entry.proving import CREDENTIAL
from backend.pages.entry.signin import door_again, home_of, remember_door, waiting, within
from backend.passkeys import ceremony, place, session
from backend.passkeys.ceremony import NotRecognisedError
from backend.people import guessing
from backend.people.guessing import Key


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """What the browser asks its authenticators, as JSON."""
    now = timezone.now()
    wait = guessing.attempt(guessing.asking(request), now)
    if wait:
        late = JsonResponse({"told": waiting(wait)}, status=429, headers={"Retry-After": str(wait)})
        return private(late)
    return private(JsonResponse(ceremony.offer_sign_in(now)))


@never_cache
@sensitive_post_parameters(CREDENTIAL)
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in. The same words for a passkey unknown, removed or forged."""
    back = within(request, request.POST.get("next", ""))
    now, keys = timezone.now(), (Key("address", guessing.address_of(request)),)
    wait = guessing.attempt(keys, now)
    if wait:
        return door_again(request, 429, next=back, wait=wait, told=waiting(wait))
    try:
        found = ceremony.recognise(request.POST.get(CREDENTIAL, ""), place.origins(request), now)
    except NotRecognisedError:
        return door_again(request, 403, next=back, unknown=True)
    guessing.succeeded(keys, now)
    login(request, found.user, backend="django.contrib.auth.backends.ModelBackend")
    session.came_by(request, "passkey")
    response = private(redirect(back or home_of(found.user)))
    remember_door(response, "passkey")
    return response
