"""Addresses of `org`, included before those of django-allauth and of Wagtail, some of which they replace."""

from django.urls import include, path
from wagtail.admin.auth import require_admin_access

from portal.foundation.viewsets import no_such_page
from portal.org.views import assignments, auth_pages, file_reviews, language, me, overdue, pages, passwords

own = [
    path("me/", me.me, name="me"),
    path("me/profile/", me.profile, name="profile"),
    path("me/assignments/", assignments.own_assignments, name="assignments"),
    path("me/assignments/overdue/", overdue.overdue, name="overdue"),
    path("me/assignments/<uuid:pk>/", assignments.change_assignment, name="assignment"),
    path("me/address/keep/", me.keep_address, name="keep_address"),
    path("me/address/confirm/", me.confirm_address, name="confirm_address"),
    path("me/notifications/", me.notifications, name="notifications"),
    path("me/notifications/read/", me.read_notifications, name="read_notifications"),
    path("me/notifications/<uuid:pk>/", me.open_notification, name="open_notification"),
    path("files-held/<uuid:pk>/", file_reviews.file_review, name="file_review"),
    path("files-held/<uuid:pk>/file/", file_reviews.held_file, name="held_file"),
    path("files-held/<uuid:pk>/release/", file_reviews.release, name="release_file"),
    path("files-held/<uuid:pk>/refuse/", file_reviews.refuse, name="refuse_file"),
    path("language/", language.set_language, name="set_language"),
]

urlpatterns = [
    path("", include((own, "org"))),
    path("accounts/password/reset/", passwords.forgotten_password, name="account_reset_password"),
    path(
        "accounts/password/reset/done/", passwords.forgotten_password_done, name="account_reset_password_done"
    ),
    path("accounts/password/set/", auth_pages.redirect_to_forgotten_password),
    path("accounts/email/", auth_pages.redirect_to_profile),
    path("admin/login/", auth_pages.sign_in),
    path("admin/logout/", auth_pages.sign_out),
    path("admin/account/", auth_pages.redirect_to_profile),
    path("admin/password_reset/", auth_pages.redirect_to_forgotten_password),
    path("admin/password_reset/<path:path>", auth_pages.redirect_to_forgotten_password),
    path("admin/pages/<int:page_id>/edit/", require_admin_access(pages.PageEditView.as_view())),
    path(
        "admin/pages/<int:page_id>/revisions/<int:revision_id>/revert/",
        require_admin_access(pages.PageRevertView.as_view()),
    ),
    path("admin/api/main/pages/<int:pk>/action/<path:path>", no_such_page),
    path("admin/bulk/org/user/<path:path>", no_such_page),
]
