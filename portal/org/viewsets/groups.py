"""Groups in Wagtail's admin: roles are groups, and what a role may learn hangs on its name."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import GroupForm
from wagtail.users.views.groups import DeleteView, GroupViewSet

from portal.org.enums import Role


class RoleForm(GroupForm):
    """Keeps the names of roles: a group that took a keeper's name would give the role to its members."""

    def clean_name(self) -> str:
        name = super().clean_name()
        before = self.initial.get("name", "")
        if name != before and (before in Role.values or name in Role.values):
            raise ValidationError(_("Roles keep their names, and no other group takes one."))
        return name


class RoleDeleteView(DeleteView):
    """Deletes groups that are no roles."""

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        group = super().get_object(*args, **kwargs)
        if group.name in Role.values:
            raise PermissionDenied
        return group


class RoleViewSet(GroupViewSet):
    """Wagtail's pages of groups, for roles that stay what they are."""

    delete_view_class = RoleDeleteView

    def get_form_class(self, for_update: bool = False) -> type[RoleForm]:
        return RoleForm
