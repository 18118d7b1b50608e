"""Sessions and cases."""

import datetime as dt

from bench.large_data.base import BaseMaker
from bench.large_data.sizes import NOW, TODAY, WORDS
from casebank.models import CaseHeading, CaseKind, CaseSection, TypicalCase
from courses.enums import SessionStatus
from courses.models import Activity, TrainingSession


class TrainingMaker(BaseMaker):
    def _sessions(self) -> TrainingSession:
        self.sessions = TrainingSession.objects.bulk_create(
            TrainingSession(
                number=f"TT-{2019 + number % 7}-{number:04d}",
                theme=f"财产性判项执行与减刑假释（{number}）",
                host_department=self._department(number),
                starts_on=TODAY,
                ends_on=TODAY + dt.timedelta(days=400),
                status=SessionStatus.RUNNING,
            )
            for number in range(self.sizes.dossiers)
        )
        session = self.sessions[0]
        Activity.objects.bulk_create(
            Activity(
                session=session,
                title=f"分组讨论{number}",
                form="lecture",
                starts_at=NOW + dt.timedelta(hours=number),
                ends_at=NOW + dt.timedelta(hours=number + 1),
            )
            for number in range(self.sizes.activities)
        )
        return session

    def _cases(self) -> TypicalCase:
        kind = CaseKind.objects.create(code="large", name="大量案例")
        heading = CaseHeading.objects.create(kind=kind, name="基本案情")
        self.cases = TypicalCase.objects.bulk_create(
            TypicalCase(
                number=f"AL-2026-{number:04d}",
                title=f"罪犯李某减刑监督案（{number}）",
                kind=kind,
                live=True,
                department=self._department(number),
            )
            for number in range(self.sizes.dossiers)
        )
        CaseSection.objects.bulk_create(
            CaseSection(case=case, heading=heading, body=WORDS * 100) for case in self.cases[:1]
        )
        return self.cases[0]
