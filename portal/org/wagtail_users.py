"""Wagtail's users app, with the portal's own pages for accounts."""

from wagtail.users.apps import WagtailUsersAppConfig


class PortalUsersAppConfig(WagtailUsersAppConfig):
    group_viewset = "portal.org.viewsets.groups.RoleViewSet"
    user_viewset = "portal.org.viewsets.people.PeopleViewSet"
