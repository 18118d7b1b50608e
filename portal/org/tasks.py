"""Work of `org` in the background."""

from __future__ import annotations

from portal.org.services import passwords, sign_in

# Django 6 has tasks of its own; 5.2 takes them from the package that they came from.
try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef]


@task()
def send_password_link(user_id: int | None) -> None:
    """Mail a link, or ask the administrators for one; None stands for a name without an account."""
    if user_id is not None:
        passwords.answer_forgotten_password(user_id=user_id)


@task()
def tell_of_failed_sign_ins(user_id: int | None) -> None:
    """Tell a person that wrong passwords are typed; None stands for a name without an account."""
    if user_id is not None:
        sign_in.tell_of_failures(user_id=user_id)
