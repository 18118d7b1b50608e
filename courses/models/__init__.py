from courses.models.sessions import Activity, SessionTopic, TrainingSession

__all__ = ["Activity", "SessionTopic", "TrainingSession"]
