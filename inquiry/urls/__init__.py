"""Addresses of questions, clusters and dossiers."""

from inquiry.urls.desk import urlpatterns as desk_urls
from inquiry.urls.questions import urlpatterns as question_urls

app_name = "inquiry"
urlpatterns = [*question_urls, *desk_urls]
