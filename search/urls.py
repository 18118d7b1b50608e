from django.urls import path

from search import views

app_name = "search"
urlpatterns = [
    path("", views.page, name="page"),
    path("export/", views.export, name="export"),
    path("suggest/", views.suggest, name="suggest"),
    path("clicked/", views.clicked, name="clicked"),
    path("traces/", views.traces, name="traces"),
    path("traces/export/", views.traces_export, name="traces_export"),
    path("fragments/similar/", views.similar_fragment, name="similar"),
    path("fragments/related/", views.related_fragment, name="related"),
    path("fragments/cited-by/", views.cited_by_fragment, name="cited_by"),
    path("fragments/significant/", views.significant_fragment, name="significant"),
    path("fragments/pick/", views.pick_fragment, name="pick"),
]
