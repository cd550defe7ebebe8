"""Going on before a session ends: the page says so in time, and one key is enough."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backend.pages.acting import Asked, signed_in
from backend.passkeys import session


@require_http_methods(["GET", "POST"])
@signed_in
def stay(request: Asked) -> HttpResponse:
    """How many seconds are left (GET; asking does not go on), after going on (POST).

    With it as whom the session acts, and the token its forms are sent with: a page that was open while its
    reader signed in anew goes on with that, and only as the same member.
    """
    if request.method == "POST":
        session.go_on(request, timezone.now())
    left = session.seconds_left(request, timezone.now())
    return JsonResponse({"left": left, "who": str(request.acting.member.id), "token": get_token(request)})
