"""How much is made, and the words and days that stand in it."""

import datetime as dt
from dataclasses import dataclass

TODAY = dt.date(2026, 5, 20)
NOW = dt.datetime(2026, 5, 20, 8, tzinfo=dt.UTC)
WORDS = "被执行人的财产性判项没有履行完毕，减刑、假释时从严掌握的幅度应当由五部门统一，办理期限自收到材料之日起计算。"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records are made. The default is what pages are measured with."""

    articles: int = 2_000
    versions: int = 40
    questions_of_cluster: int = 5_000
    supporters: int = 2_000
    steps_of_question: int = 500
    clusters: int = 3_000
    dossiers: int = 1_000
    items: int = 1_000
    clauses: int = 300
    activities: int = 60
    citations_of_case: int = 500
    vocabulary: int = 5_000
    own: int = 2_000
    people: int = 3_000
    log: int = 100_000


DEFAULT_SIZES = Sizes()
