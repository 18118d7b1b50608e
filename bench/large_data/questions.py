"""Questions, clusters and dossiers."""

import datetime as dt
from typing import Any

from bench.large_data.base import BaseMaker
from bench.large_data.sizes import NOW, TODAY, WORDS
from casebank.models import TypicalCase
from courses.models import TrainingSession
from inquiry.enums import DossierStatus, Naming, QuestionStatus
from inquiry.models import (
    AskerIdentity,
    ClauseSource,
    ClusterMembership,
    ClusterMerge,
    ConfirmedCitation,
    Correction,
    Dossier,
    DossierClause,
    DossierExport,
    DossierItem,
    Follow,
    LinkedProvision,
    MeToo,
    Question,
    QuestionCluster,
    Refinement,
)


class QuestionsMaker(BaseMaker):
    def _questions(self, session: TrainingSession) -> None:
        sizes, settled = self.sizes, QuestionStatus.GROUPED
        count = sizes.questions_of_cluster + sizes.own
        self.questions = Question.objects.bulk_create(
            Question(
                number=f"Q-2026-{number:06d}",
                text=f"{WORDS}（{number}）",
                title=f"财产性判项未履行时减刑如何把握（{number}）",
                session=session if number % 2 else self.sessions[number % len(self.sessions)],
                department=self._department(number),
                naming=Naming.OFFICE,
                raised_on=TODAY - dt.timedelta(days=number % 300),
                status=settled if number < sizes.questions_of_cluster else QuestionStatus.RAISED,
                digest=f"{number:064d}",
            )
            for number in range(count)
        )
        AskerIdentity.objects.bulk_create(
            AskerIdentity(question=question, user=self.trainee if number < sizes.own else None)
            for number, question in enumerate(self.questions)
        )
        Refinement.objects.bulk_create(
            Refinement(
                question=question,
                version=1,
                title=f"履行能力的认定（{number}）",
                text=WORDS,
                is_current=True,
                author=self.analyst,
                refined_on=TODAY,
            )
            for number, question in enumerate(self.questions[1 : sizes.questions_of_cluster], start=1)
        )

    def _clusters(self) -> QuestionCluster:
        sizes = self.sizes
        clusters = self.clusters = QuestionCluster.objects.bulk_create(
            QuestionCluster(
                number=f"C-2026-{number:05d}",
                title=f"履行能力的认定标准（{number}）",
                statement=WORDS,
                grouped_on=TODAY,
            )
            for number in range(sizes.clusters)
        )
        cluster = clusters[0]
        ClusterMembership.objects.bulk_create(
            ClusterMembership(
                question=question, cluster=cluster, since=NOW, added_by=self.analyst, reason="同一问题"
            )
            for question in self.questions[: sizes.questions_of_cluster]
        )
        absorbed = QuestionCluster.objects.bulk_create(
            QuestionCluster(
                number=f"C-2025-{number:05d}",
                title=f"并入的问题（{number}）",
                grouped_on=TODAY,
                status="absorbed",
                merged_into=cluster,
            )
            for number in range(sizes.clusters)
        )
        ClusterMerge.objects.bulk_create(
            ClusterMerge(kept=cluster, absorbed=row, reason="同一问题", merged_at=NOW, merged_by=self.analyst)
            for row in absorbed
        )
        return cluster

    def _one_question(self, question: Question) -> None:
        """Give a question a long way: restated, moved, corrected, joined and cited very often."""
        steps = range(self.sizes.steps_of_question)
        Refinement.objects.bulk_create(
            Refinement(
                question=question,
                version=number + 1,
                title=f"第{number}次提炼",
                text=WORDS,
                is_current=number == steps[-1],
                author=self.analyst,
                refined_on=TODAY,
            )
            for number in steps
        )
        Correction.objects.bulk_create(
            Correction(question=question, text=WORDS, appended_on=TODAY) for _ in steps
        )
        ClusterMembership.objects.bulk_create(
            ClusterMembership(
                question=question,
                cluster=self.clusters[number + 1],
                since=NOW,
                until=NOW,
                added_by=self.analyst,
                ended_by=self.analyst,
                end_reason="移到别处",
            )
            for number in steps
        )
        ConfirmedCitation.objects.bulk_create(
            ConfirmedCitation(question=question, text=f"本规定第{number}条", confirmed_by=self.analyst)
            for number in steps
        )
        LinkedProvision.objects.bulk_create(
            LinkedProvision(question=question, provision=article, linked_by=self.analyst)
            for article in self.articles
        )
        supporters = self.people[: self.sizes.supporters]
        MeToo.objects.bulk_create(MeToo(question=question, user=person) for person in supporters)
        Question.objects.filter(pk=question.pk).update(voices=1 + len(supporters))
        Follow.objects.bulk_create(Follow(question=question, user=person) for person in supporters)

    def _dossiers(self, cluster: QuestionCluster, case: TypicalCase) -> Dossier:
        sizes = self.sizes
        dossiers = Dossier.objects.bulk_create(
            Dossier(
                number=f"D-2026-{number:04d}",
                title=f"财产性判项素材卷宗（{number}）",
                grounds=WORDS * 10,
                analysis=WORDS * 10,
                author=self.analyst,
                opened_on=TODAY,
                finished_on=TODAY,
                status=DossierStatus.FINISHED if number else DossierStatus.DRAFT,
            )
            for number in range(sizes.dossiers)
        )
        dossier, others = dossiers[0], dossiers[1:]
        sources: list[dict[str, Any]] = [{"cluster": row} for row in self.clusters[: sizes.items // 4]]
        sources += [{"question": row} for row in self.questions[: sizes.items // 4]]
        sources += [{"provision": row} for row in self.articles[: sizes.items // 4]]
        sources += [{"case": row} for row in self.cases[: sizes.items // 4]]
        items = DossierItem.objects.bulk_create(
            DossierItem(dossier=dossier, position=number, note=WORDS, added_by=self.analyst, **source)
            for number, source in enumerate(sources)
        )
        DossierItem.objects.bulk_create(
            DossierItem(dossier=other, added_by=self.analyst, **source)
            for other in others
            for source in ({"cluster": cluster}, {"case": case}, {"provision": self.articles[0]})
        )
        clauses = DossierClause.objects.bulk_create(
            DossierClause(
                dossier=dossier, position=number, heading="从严幅度", text=WORDS * 5, rationale=WORDS * 5
            )
            for number in range(sizes.clauses)
        )
        ClauseSource.objects.bulk_create(
            ClauseSource(clause=clause, item=item)
            for number, clause in enumerate(clauses)
            for item in (items if number == 0 else items[number % len(items) :][:3])
        )
        DossierExport.objects.bulk_create(
            DossierExport(dossier=dossier, format="md", lang="zh-hans", requested_by=self.analyst)
            for _ in range(sizes.steps_of_question)
        )
        return dossier
