"""The records that the keys of the demo's files stand for."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter

from casebank.models import TypicalCase
from courses.models import TrainingSession
from inquiry.models import Question, QuestionCluster
from portal.org.models import Department, Office, Topic, User


@dataclasses.dataclass
class Registry:
    """Records by the keys under which the demo's files mention them; `created` counts new ones by name."""

    today: datetime.date
    departments: dict[str, Department] = dataclasses.field(default_factory=dict)
    offices: dict[str, Office] = dataclasses.field(default_factory=dict)
    people: dict[str, User] = dataclasses.field(default_factory=dict)
    topics: dict[str, Topic] = dataclasses.field(default_factory=dict)
    sessions: dict[str, TrainingSession] = dataclasses.field(default_factory=dict)
    cases: dict[str, TypicalCase] = dataclasses.field(default_factory=dict)
    questions: dict[str, Question] = dataclasses.field(default_factory=dict)
    clusters: dict[str, QuestionCluster] = dataclasses.field(default_factory=dict)
    created: Counter = dataclasses.field(default_factory=Counter)

    def topics_of(self, row: dict) -> list[Topic]:
        return [self.topics[slug] for slug in row.get("topics", [])]
