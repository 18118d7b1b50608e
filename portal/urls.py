"""Addresses of the portal. Sessions, cases and law are routable Wagtail pages below the home page."""

from django.urls import include, path
from django.views.i18n import JavaScriptCatalog
from health_check.views import HealthCheckView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal.foundation.viewsets import no_such_page
from portal.org.views.media import media

HEALTH_CHECKS = ["health_check.checks.Database", "health_check.checks.Cache", "health_check.checks.Storage"]
SEARCH_CHECKS = ["search.indexing.health.SearchQueue", "search.indexing.health.SearchEngine"]

urlpatterns = [
    path("health/", HealthCheckView.as_view(checks=HEALTH_CHECKS), name="health"),
    path("health/search/", HealthCheckView.as_view(checks=SEARCH_CHECKS), name="search-health"),
    path("", include("home.urls")),
    path("", include("portal.org.urls")),
    path("", include("norms.urls")),
    path("rotation/", include("courses.rotation.urls")),
    path("", include("inquiry.urls")),
    path("search/", include("search.urls")),
    path("accounts/", include("allauth.urls")),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    # Published cases are withdrawn, not deleted, neither one by one nor several at once.
    path("admin/bulk/casebank/typicalcase/<path:path>", no_such_page),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media, name="media"),
]

handler403 = "home.views.permission_denied"
handler404 = "home.views.page_not_found"
handler500 = "home.views.server_error"

urlpatterns += [path("", include(wagtail_urls))]
