"""Records in numbers that no office has today: for what a page of the portal sends must not grow with them.

Rows are made by `bulk_create`, past the services: nothing is notified, indexed or logged by it. Whoever imports this
sets up Django first.
"""

from dataclasses import dataclass

from wagtail.models import Page

from bench.large_data.norms import NormsMaker
from bench.large_data.people import PeopleMaker
from bench.large_data.questions import QuestionsMaker
from bench.large_data.sizes import DEFAULT_SIZES, Sizes
from bench.large_data.training import TrainingMaker
from bench.large_data.waiting import WaitingMaker
from casebank.models import CaseIndexPage, TypicalCase
from courses.models import SessionIndexPage, TrainingSession
from inquiry.models import Dossier, Question, QuestionCluster
from norms.models import LawIndexPage, NormativeDocument
from portal.org.models import User

__all__ = ["LargeData", "Sizes", "make_large_data"]


@dataclass(frozen=True, slots=True)
class LargeData:
    """The records that have grown, by which pages are asked for, and people who read them."""

    administrator: User
    analyst: User
    trainee: User
    document: NormativeDocument
    cluster: QuestionCluster
    question: Question
    dossier: Dossier
    session: TrainingSession
    case: TypicalCase


def make_large_data(sizes: Sizes = DEFAULT_SIZES) -> LargeData:
    """Fill an empty database that is migrated, and return what has grown."""
    return _Maker(sizes).data()


class _Maker(PeopleMaker, NormsMaker, TrainingMaker, QuestionsMaker, WaitingMaker):
    def data(self) -> LargeData:
        self._pages()
        self._people()
        self._vocabulary()
        document = self._law()
        session = self._sessions()
        case = self._cases()
        self._questions(session)
        cluster = self._clusters()
        dossier = self._dossiers(cluster, case)
        question = self.questions[0]
        self._one_question(question)
        self._own_rows(question)
        self._citations(question, case)
        self._log(question, cluster, case, document)
        return LargeData(
            administrator=self.administrator,
            analyst=self.analyst,
            trainee=self.trainee,
            document=document,
            cluster=cluster,
            question=question,
            dossier=dossier,
            session=session,
            case=case,
        )

    def _pages(self) -> None:
        root = Page.objects.get(url_path__endswith="/", depth=2)
        for model, slug in ((LawIndexPage, "law"), (SessionIndexPage, "sessions"), (CaseIndexPage, "cases")):
            if not model.objects.exists():
                root.add_child(instance=model(title=slug, slug=slug))
