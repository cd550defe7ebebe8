"""The addresses of the pages. Nothing personal stands in any of them: ids are random, searches are posted."""

from django.urls import path

from backend.pages import (
    act,
    approvals,
    case,
    disclose,
    knowing,
    letters,
    notices,
    people,
    recipient,
    signin,
    start,
    work,
)

app_name = "pages"
urlpatterns = [
    path("", work.work, name="work"),
    path("signin/", signin.signin, name="signin"),
    path("signout/", signin.signout, name="signout"),
    path("act-as/", signin.act_as, name="act_as"),
    path("display/", signin.display, name="display"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("persons/", people.persons, name="persons"),
    path("persons/<uuid:person_id>/", people.person, name="person"),
    path("cases/new/", start.begin, name="begin"),
    path("cases/new/<slug:workflow>/", start.start, name="start"),
    path("cases/new/<slug:workflow>/live/", start.start_live, name="start_live"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("cases/<uuid:case_id>/files/<int:seq>/", case.attached, name="file"),
    path("letters/<uuid:letter_id>/pdf/", letters.pdf, name="letter"),
    path("cases/<uuid:case_id>/disclose/", disclose.disclose, name="disclose"),
    path("cases/<uuid:case_id>/disclose/matrix/", disclose.live_matrix, name="disclose_matrix"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/together/", approvals.together, name="together"),
    path("approvals/<uuid:case_id>/", approvals.decide, name="decide"),
    path("packages/<uuid:package_id>/", knowing.package, name="package"),
    path("packages/<uuid:package_id>/link/", knowing.link, name="package_link"),
    path("r/", recipient.recipient, name="recipient"),
    path("r/open/", recipient.open_package, name="recipient_open"),
    path("r/package/", recipient.package, name="recipient_package"),
    path("r/package/<slug:action>/", recipient.answer, name="recipient_answer"),
    path("r/<str:token>", recipient.arrive, name="recipient_link"),
    path("cases/<uuid:case_id>/do/<slug:action>/", act.act, name="act"),
    path("cases/<uuid:case_id>/do/<slug:action>/live/", act.live, name="live"),
]
