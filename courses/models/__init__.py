from courses.models.pages import SessionIndexPage
from courses.models.sessions import Activity, SessionTopic, TrainingSession

__all__ = ["Activity", "SessionIndexPage", "SessionTopic", "TrainingSession"]
