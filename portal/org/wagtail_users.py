"""Wagtail's users app, with the portal's own pages for accounts."""

from wagtail.users.apps import WagtailUsersAppConfig


class PortalUsersAppConfig(WagtailUsersAppConfig):
    user_viewset = "portal.org.viewsets.people.PeopleViewSet"
