"""A portal of its own for a benchmark: a database with the demo and as many questions as asked for."""

import datetime as dt
import io
import os
import random
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

STEP = 5_000
# Share of the questions that an analyst has restated.
RESTATED = 0.2


def set_up(folder: Path, *, engines: str = "embedded", prefix: str = "bench") -> None:
    """Django on SQLite in `folder`; to be called before anything of the portal is imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    os.environ["TONGTANG_DATA_DIR"] = str(folder)
    os.environ["TONGTANG_SEARCH_ENGINES"] = engines
    os.environ["TONGTANG_ELASTICSEARCH_PREFIX"] = prefix
    os.environ["TONGTANG_ELASTICSEARCH_TIMEOUT"] = "60"
    os.environ["TONGTANG_ELASTICSEARCH_REPLICAS"] = "0"
    os.environ["TONGTANG_LOG_LEVEL"] = "WARNING"
    if hosts := os.environ.get("ELASTICSEARCH_URL"):
        os.environ["TONGTANG_ELASTICSEARCH_URL"] = hosts
    os.environ.pop("TONGTANG_DATABASE_URL", None)
    import django

    django.setup()


def fill(questions: Iterator[tuple[str, str]], *, seed: int = 7) -> int:
    """Migrate, load the demo and add the questions with departments, sessions, topics and restatements."""
    from django.core.management import call_command

    from courses.models import TrainingSession
    from inquiry.models import Question, QuestionTopic, Refinement
    from portal.org.models import Department, Topic, User

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    draw = random.Random(seed)
    departments, sessions, topics = (
        list(model.objects.all()) for model in (Department, TrainingSession, Topic)
    )
    analyst = User.objects.filter(groups__name="analyst").first()
    count = 0
    while rows := list(islice(questions, STEP)):
        made = Question.objects.bulk_create(
            Question(
                number=f"Q-2020-{count + place:07}",
                title=title if place % 2 else "",
                text=text,
                department=draw.choice(departments),
                session=draw.choice(sessions),
                raised_on=dt.date(2020, 1, 1) + dt.timedelta(days=draw.randrange(2000)),
            )
            for place, (title, text) in enumerate(rows)
        )
        QuestionTopic.objects.bulk_create(
            QuestionTopic(content_object=question, tag=topic)
            for question in made
            for topic in draw.sample(topics, draw.randrange(3))
        )
        Refinement.objects.bulk_create(
            Refinement(
                question=question,
                title=question.title_as_raised,
                text=question.text,
                version=1,
                is_current=True,
                author=analyst,
                refined_on=question.raised_on,
            )
            for question in made
            if draw.random() < RESTATED
        )
        count += len(rows)
    return count
