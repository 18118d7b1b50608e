from home.selectors.own import OwnCounts, OwnQuestion, own_counts, own_questions, own_sessions
from home.selectors.waiting import Task, tasks_of
from home.selectors.welcome import Card, Welcome, welcome

__all__ = [
    "Card",
    "OwnCounts",
    "OwnQuestion",
    "Task",
    "Welcome",
    "own_counts",
    "own_questions",
    "own_sessions",
    "tasks_of",
    "welcome",
]
