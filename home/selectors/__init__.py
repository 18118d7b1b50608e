from home.selectors.own import OwnCounts, OwnQuestion, own_counts, own_questions, own_sessions
from home.selectors.waiting import Task, tasks_of
from home.selectors.welcome import Card, Welcome, welcome
from home.selectors.workplaces import Act, Workplace, workplaces_of

__all__ = [
    "Act",
    "Card",
    "OwnCounts",
    "OwnQuestion",
    "Task",
    "Welcome",
    "Workplace",
    "own_counts",
    "own_questions",
    "own_sessions",
    "tasks_of",
    "welcome",
    "workplaces_of",
]
