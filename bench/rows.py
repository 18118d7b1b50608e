"""Sets up a portal for a benchmark: a database with the demo and any number of questions."""

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

BATCH_SIZE = 5_000
# The share of questions that an analyst has restated.
RESTATED_SHARE = 0.2


def set_up(folder: Path, *, engines: str = "embedded", prefix: str = "bench") -> None:
    """Set Django up on SQLite in `folder`. Call it before anything of the portal is imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    os.environ["TONGTANG_DATA_DIR"] = str(folder)
    os.environ["TONGTANG_SEARCH_ENGINES"] = engines
    os.environ["TONGTANG_ELASTICSEARCH_PREFIX"] = prefix
    # One busy machine is server and client at once, so a timeout would say nothing about the engine.
    os.environ["TONGTANG_ELASTICSEARCH_TIMEOUT"] = "60"
    os.environ["TONGTANG_ELASTICSEARCH_REPLICAS"] = "0"
    os.environ["TONGTANG_LOG_LEVEL"] = "WARNING"
    if hosts := os.environ.get("ELASTICSEARCH_URL"):
        os.environ["TONGTANG_ELASTICSEARCH_URL"] = hosts
    # Never the database of an installation.
    os.environ.pop("TONGTANG_DATABASE_URL", None)
    import django

    django.setup()


def fill(questions: Iterator[tuple[str, str]], *, seed: int = 7) -> int:
    """Migrate, load the demo and add questions, given as (title, text); return their number.

    Departments, sessions, topics and restatements are drawn, the same ones for the same seed.
    """
    from django.core.management import call_command

    from courses.models import TrainingSession
    from inquiry.models import Question, QuestionTopic, Refinement
    from portal.org.models import Department, Topic, User

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    rng = random.Random(seed)
    departments, sessions, topics = (
        list(model.objects.all()) for model in (Department, TrainingSession, Topic)
    )
    analyst = User.objects.filter(groups__name="analyst").first()
    count = 0
    while rows := list(islice(questions, BATCH_SIZE)):
        # Past the services, which would take hours: no audit entry and no outbox row is written.
        created = Question.objects.bulk_create(
            Question(
                number=f"Q-2020-{count + index:07}",
                title=title if index % 2 else "",
                text=text,
                department=rng.choice(departments),
                session=rng.choice(sessions),
                raised_on=dt.date(2020, 1, 1) + dt.timedelta(days=rng.randrange(2000)),
            )
            for index, (title, text) in enumerate(rows)
        )
        QuestionTopic.objects.bulk_create(
            QuestionTopic(content_object=question, tag=topic)
            for question in created
            for topic in rng.sample(topics, rng.randrange(3))
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
            for question in created
            if rng.random() < RESTATED_SHARE
        )
        count += len(rows)
    return count
