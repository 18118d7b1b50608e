"""People who are signed in, and a dossier. Modules of services have an `analyst` of their own, who is not signed in."""

from __future__ import annotations

import pytest

from inquiry.enums import Naming
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import add_to_dossier
from inquiry.services.refinements import refine_question
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department


@pytest.fixture
def analyst(client):
    user = UserFactory(roles=["analyst"])
    client.force_login(user)
    return user


@pytest.fixture
def trainee(client):
    user = UserFactory(roles=["trainee"])
    client.force_login(user)
    return user


@pytest.fixture
def gathered(analyst):
    """A dossier with a named, an office-only and an anonymous question; the last one names a real person."""
    office = OfficeFactory(name="宁川市人民检察院", department=department("procuratorate"))
    prison = OfficeFactory(name="宁川监狱", department=department("prison"))
    questions = [
        QuestionFactory(
            asker=UserFactory(display_name="陆一鸣", office=office), naming=Naming.FULL, text="甲问"
        ),
        QuestionFactory(asker=UserFactory(display_name="祁素", office=prison), text="乙问"),
        QuestionFactory(
            asker=UserFactory(display_name="霍青", office=prison), naming=Naming.ANONYMOUS, text="老张怎么办"
        ),
    ]
    refine_question(question=questions[2], title="题", text="丙问（提炼）", names_real=True, actor=analyst)
    dossier = DossierFactory(
        title="财产性判项素材卷宗",
        grounds="**依据**会商纪要。",
        analysis="## 现状\n\n把握不一。\n\n### 监狱\n\n1. 甲\n2. 乙\n",
    )
    items = add_to_dossier(dossier=dossier, clusters=[ClusterFactory(questions=questions)], actor=analyst)
    save_clause(dossier=dossier, text="不认定确有悔改。", heading="认定", sources=items, actor=analyst)
    dossier.refresh_from_db()
    return dossier, questions
