"""Signals of questions, answered by the apps above."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `text` and `user` while a question is being raised; receivers return primary keys of questions that may be
# alike. The sender reads them with the person's rights, and goes on without a receiver that fails.
similar_questions_wanted = Signal()
