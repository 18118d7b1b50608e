"""What all makers of large data share: the sizes, and what was made before."""

from bench.large_data.sizes import Sizes
from casebank.models import TypicalCase
from courses.models import TrainingSession
from inquiry.models import (
    Question,
    QuestionCluster,
)
from norms.models import (
    ArticleIdentity,
    Provision,
)
from portal.org.models import (
    Department,
    Office,
    Topic,
    User,
)


class BaseMaker:
    """Makes records of one kind; those that others need are attributes."""

    offices: list[Office]
    people: list[User]
    administrator: User
    analyst: User
    trainee: User
    topics: list[Topic]
    identities: list[ArticleIdentity]
    articles: list[Provision]
    sessions: list[TrainingSession]
    cases: list[TypicalCase]
    questions: list[Question]
    clusters: list[QuestionCluster]

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.court = Department.objects.get(code="court")
        self.departments = list(Department.objects.all())

    def _department(self, number: int) -> Department:
        return self.departments[number % len(self.departments)]
