"""Reactions to what happens to accounts."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from inquiry.services.closing import close_earlier_questions, open_earlier_questions
from portal.org.models import User
from portal.org.signals import earlier_questions_released, password_set_by_administrator


@receiver(password_set_by_administrator)
def close_questions(sender: type[User], user: User, **kwargs: Any) -> None:
    close_earlier_questions(user=user)


@receiver(earlier_questions_released)
def open_questions(sender: type[User], user: User, **kwargs: Any) -> None:
    open_earlier_questions(user=user)
