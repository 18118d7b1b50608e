"""Reactions to what happens to accounts."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from inquiry.services.claims import end_lost_claims
from inquiry.services.closing import close_earlier_questions, open_earlier_questions
from portal.org.models import User
from portal.org.signals import access_changed, earlier_questions_released, password_set_by_administrator


@receiver(password_set_by_administrator)
def close_questions(sender: type[User], user: User, **kwargs: Any) -> None:
    close_earlier_questions(user=user)


@receiver(earlier_questions_released)
def open_questions(sender: type[User], user: User, **kwargs: Any) -> None:
    open_earlier_questions(user=user)


@receiver(access_changed)
def end_claims(sender: type[User], user: User, **kwargs: Any) -> None:
    end_lost_claims(user)
