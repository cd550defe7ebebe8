"""The addresses of the pages. Nothing personal stands in any of them: ids are random, searches are posted."""

from django.urls import path

from backend.pages import (
    act,
    case,
    councils,
    glass,
    letters,
    notices,
    people,
    privacy,
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
    path("privacy/looks/", privacy.looks, name="looks"),
    path("privacy/looks/<uuid:person_id>/", privacy.looks_at, name="looks_at"),
    path("privacy/provisions.csv", privacy.provisions, name="provisions"),
    path("cases/new/", start.begin, name="begin"),
    path("cases/new/<slug:workflow>/", start.start, name="start"),
    path("cases/new/<slug:workflow>/live/", start.start_live, name="start_live"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("cases/<uuid:case_id>/files/<int:seq>/", case.attached, name="file"),
    path("letters/<uuid:letter_id>/pdf/", letters.pdf, name="letter"),
    path("cases/<uuid:case_id>/do/<slug:action>/", act.act, name="act"),
    path("cases/<uuid:case_id>/do/<slug:action>/live/", act.live, name="live"),
    path("glass/", glass.glass, name="glass"),
    path("glass/counts/", glass.counts, name="glass_counts"),
    path("councils/", councils.councils, name="councils"),
    path("councils/<uuid:case_id>/", councils.council, name="council"),
    path("councils/<uuid:case_id>/papers/<int:number>/", councils.paper, name="council_paper"),
    path("councils/<uuid:case_id>/papers/<int:number>/pdf/", councils.printed, name="council_pdf"),
]
