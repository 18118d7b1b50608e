"""Wagtail's users app, with the portal's own pages for accounts."""

from wagtail.users.apps import WagtailUsersAppConfig


class PortalUsersAppConfig(WagtailUsersAppConfig):
    user_viewset = "wagtail.users.views.users.UserViewSet"
