"""Documents of training sessions with their agenda."""

from collections.abc import Iterable, Iterator, Sequence

from courses.models import SessionTopic, TrainingSession
from courses.rules import audience
from portal.org.models import Department, Office, Topic
from search.documents.base import Dependencies, SearchDocument
from search.documents.text import distinct, lines, plain_text
from search.documents.topics import TopicSlugs


def session_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    sessions = (
        TrainingSession.objects.filter(pk__in=ids)
        .select_related("host_department", "office")
        .prefetch_related("activities", "topic_items")
    )
    topics = TopicSlugs()
    for session in sessions:
        agenda = [part for slot in session.activities.all() for part in (slot.title, slot.title_en)]
        venue = [session.place, session.office.name if session.office else "", session.host_department.name]
        yield SearchDocument(
            kind="session",
            key=f"session:{session.pk}",
            source=f"session:{session.pk}",
            number=session.number,
            title=session.theme,
            text=lines(
                session.theme,
                plain_text(session.summary),
                *agenda,
                *venue,
                session.theme_en,
                plain_text(session.summary_en),
            ),
            url=session.get_absolute_url(),
            audience=tuple(audience(session)),
            department=(session.host_department.code,),
            session=(session.number,),
            year=str(session.starts_on.year),
            topic=topics.of(item.tag_id for item in session.topic_items.all()),
            status=f"session.{session.status}",
            date=session.starts_on.isoformat(),
            lang=session.lang,
            aliases=distinct([session.theme_en]),
            facts=(("ends_on", session.ends_on.isoformat()),),
        )


def _sessions_on(topics: Sequence[Topic]) -> Iterable[int]:
    return SessionTopic.objects.filter(tag__in=topics).values_list("content_object_id", flat=True)


def _sessions_hosted_by(departments: Sequence[Department]) -> Iterable[int]:
    return TrainingSession.objects.filter(host_department__in=departments).values_list("pk", flat=True)


def _sessions_held_by(offices: Sequence[Office]) -> Iterable[int]:
    return TrainingSession.objects.filter(office__in=offices).values_list("pk", flat=True)


# The names of host and office stand in the text; topics are carried by their slugs.
DEPENDS_ON: Dependencies = {
    Department: _sessions_hosted_by,
    Office: _sessions_held_by,
    Topic: _sessions_on,
}
