"""The addresses of the API. The names are stable; docs and clients rely on them."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from backend.api import cases, definitions, disclosures, effects, letters, persons, privacy, received
from backend.api.base import Missing

app_name = "api"

# The description holds no data of anybody; clients read it before they have a token.
_open = {"permission_classes": [AllowAny], "authentication_classes": []}
_docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema", http_method_names=["get", "head"], **_open)
)

urlpatterns = [
    path("cases/", cases.Cases.as_view(), name="cases"),
    path("cases/<str:pk>/", cases.OneCase.as_view(), name="case"),
    path("cases/<str:pk>/actions/", cases.Actions.as_view(), name="actions"),
    path("cases/<str:pk>/actions/<str:action>/", cases.Act.as_view(), name="act"),
    path("cases/<str:pk>/steps/", cases.Steps.as_view(), name="steps"),
    path("cases/<str:pk>/steps/<str:seq>/file/", cases.StepFile.as_view(), name="file"),
    path("workflows/", definitions.Workflows.as_view(), name="workflows"),
    path("workflows/<str:name>/", definitions.OneWorkflow.as_view(), name="workflow"),
    path("forms/<str:name>/", definitions.OneForm.as_view(), name="form"),
    path("persons/", persons.Persons.as_view(), name="persons"),
    path("persons/search/", persons.SearchPersons.as_view(), name="search"),
    path("persons/<str:pk>/", persons.OnePerson.as_view(), name="person"),
    path("persons/<str:pk>/consents/", persons.Consents.as_view(), name="consents"),
    path("privacy/looks/", privacy.Looks.as_view(), name="looks"),
    path("disclosures/", disclosures.Disclosures.as_view(), name="disclosures"),
    path("disclosures/preview/", disclosures.Preview.as_view(), name="preview"),
    path("disclosures/<str:pk>/", disclosures.OneDisclosure.as_view(), name="disclosure"),
    path("disclosures/<str:pk>/link/", disclosures.DisclosureLink.as_view(), name="disclosure_link"),
    path("received/", received.Inbox.as_view(), name="received"),
    path("effects/", effects.Stuck.as_view(), name="effects"),
    path("effects/<str:pk>/<str:decision>/", effects.Decide.as_view(), name="effect_decide"),
    path("letters/", letters.Letters.as_view(), name="letters"),
    path("letters/<str:pk>/", letters.OneLetter.as_view(), name="letter"),
    path("letters/<str:pk>/pdf/", letters.LetterPdf.as_view(), name="pdf"),
    path("schema/", SpectacularJSONAPIView.as_view(**_open), name="schema"),
    path("docs/", _docs, name="docs"),
    re_path("", Missing.as_view(), name="missing"),
]
