"""The page tree of a new portal: the home page and, below it, the lists of sessions, cases and law."""

import json

from django.utils import timezone

INTRO = (
    "法院、检察、公安监管、监狱、社区矫正同堂培训。学员在课堂上提出问题、意见和建议，研究人员提炼、归并，"
    "编成规范性文件的素材卷宗。每个问题都有永久编号，走到哪一步，提问的人随时看得到。"
)
INTRO_EN = (
    "Courts, procuratorates, detention, prisons and community correction train together. What trainees raise "
    "in class is refined, grouped and gathered into dossiers for the drafters of normative documents. Every "
    "question has a permanent number, and its asker can see at any time how far it has come."
)
STATIONS = [
    (
        "期次",
        "Session",
        "各部门轮流主办，同堂听课，共同研讨。",
        "The departments host in turn and study together.",
    ),
    (
        "提问",
        "Question",
        "学员在手机上提出，原话保留，可以匿名。",
        "Raised from a phone, kept word for word, anonymously if wished.",
    ),
    (
        "提炼",
        "Refinement",
        "改写成规范表述，关联法条，隐去真实案件和人员。",
        "Restated, linked to the law, real cases and people left out.",
    ),
    (
        "归并",
        "Cluster",
        "不同部门、不同期次的同类问题归到一处。",
        "The same question from other departments and sessions joins it.",
    ),
    ("卷宗", "Dossier", "连同法条和案例，编成素材卷宗。", "With law and cases it becomes source material."),
    (
        "条款",
        "Clause",
        "提出条款建议，逐条注明来自哪些问题。",
        "Wording is proposed, each clause naming its questions.",
    ),
]
LISTS = [
    ("courses", "SessionIndexPage", "sessions", "培训期次", "Training sessions"),
    ("casebank", "CaseIndexPage", "cases", "典型案例", "Typical cases"),
    ("norms", "LawIndexPage", "law", "法条", "Law"),
]


def example() -> str:
    values = [
        {"label": zh, "label_en": en, "number": "", "address": "", "text": text, "text_en": text_en}
        for zh, en, text, text_en in STATIONS
    ]
    return json.dumps([{"type": "station", "value": value} for value in values])


def page_fields(apps, model, title: str, title_en: str, slug: str, path: str, url_path: str) -> dict:
    content_types = apps.get_model("contenttypes", "ContentType")
    content_type, _ = content_types.objects.get_or_create(
        app_label=model._meta.app_label, model=model._meta.model_name
    )
    return {
        "title": title,
        "draft_title": title,
        "title_en": title_en,
        "slug": slug,
        "path": path,
        "depth": len(path) // 4,
        "url_path": url_path,
        "content_type": content_type,
        "locale": apps.get_model("wagtailcore", "Locale").objects.order_by("pk").first(),
        "first_published_at": timezone.now(),
        "last_published_at": timezone.now(),
        "show_in_menus": True,
    }


def make_pages(apps, schema_editor) -> None:
    pages = apps.get_model("wagtailcore", "Page")
    pages.objects.filter(depth=2, slug="home").delete()
    home_model = apps.get_model("home", "HomePage")
    home = home_model.objects.create(
        **page_fields(apps, home_model, "首页", "Home", "home", "00010001", "/home/"),
        numchild=len(LISTS),
        heading="课堂上的一个问题，怎样成为规范性文件里的一个条款",
        heading_en="How a question raised in class becomes a clause of a normative document",
        intro=INTRO,
        intro_en=INTRO_EN,
        example_title="一个问题怎样走完全程",
        example_title_en="How a question goes all the way",
        example=example(),
    )
    # Wagtail's own rows are called "Root" in every language.
    pages.objects.filter(depth=1).update(numchild=1, title="同堂 Tongtang", draft_title="同堂 Tongtang")
    apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).update(name="全部 All")
    for place, (app, name, slug, title, title_en) in enumerate(LISTS, 1):
        model = apps.get_model(app, name)
        path = f"00010001{place:04d}"
        model.objects.create(**page_fields(apps, model, title, title_en, slug, path, f"/home/{slug}/"))
    sites = apps.get_model("wagtailcore", "Site")
    sites.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "site_name": "同堂", "root_page_id": home.pk},
    )


def remove_pages(apps, schema_editor) -> None:
    for app, name, *_ in LISTS:
        apps.get_model(app, name).objects.all().delete()
    apps.get_model("home", "HomePage").objects.all().delete()
