from django.urls import path

from search import views
from search.page.addresses import with_bounded_address as bounded

app_name = "search"
urlpatterns = [
    path("", bounded(views.page), name="page"),
    path("export/", bounded(views.export), name="export"),
    path("suggest/", bounded(views.suggest), name="suggest"),
    path("clicked/", bounded(views.clicked), name="clicked"),
    path("traces/", bounded(views.traces), name="traces"),
    path("traces/export/", bounded(views.traces_export), name="traces_export"),
    path("fragments/similar/", bounded(views.similar_fragment), name="similar"),
    path("fragments/related/", bounded(views.related_fragment), name="related"),
    path("fragments/cited-by/", bounded(views.cited_by_fragment), name="cited_by"),
    path("fragments/significant/", bounded(views.significant_fragment), name="significant"),
    path("fragments/pick/", bounded(views.pick_fragment), name="pick"),
]
