import json

import pytest
from django.utils import translation

from inquiry.enums import QuestionOrigin
from inquiry.intake.names import split_office
from inquiry.models import AskerIdentity, CategoryMapping, Question, ReceivedAnswer
from inquiry.services.categories import apply_mapping
from tests.factories.org import OfficeAliasFactory, OfficeFactory, TopicFactory, department
from tests.inquiry.sheets import imported, row, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_anonymous_row_keeps_its_office_with_the_identity():
    office = OfficeFactory(name="宁川市司法局", department=department("correction"))
    imported(
        sheet(
            row(naming="匿名", name="陆一鸣"),
            row(naming="匿名", name="祁素", text="乙问", office="某县检察院"),
        )
    )
    known, unknown = Question.objects.order_by("pk")
    assert (known.department, known.office, known.office_name) == (department("correction"), None, "")
    assert (unknown.department, unknown.office, unknown.office_name) == (
        department("procuratorate"),
        None,
        "",
    )
    kept = [
        (each.name, each.office, each.office_name) for each in AskerIdentity.objects.order_by("question_id")
    ]
    assert kept == [("陆一鸣", office, "宁川市司法局"), ("祁素", None, "某县检察院")]


def test_office_is_matched_by_name_or_alias_or_kept_as_text():
    office = OfficeFactory(name="宁川市人民检察院", department=department("procuratorate"))
    OfficeAliasFactory(office=office, name="宁川市检")
    for place, name in enumerate(["宁川市人民检察院", "宁川市检察院", "宁川市检", "山西省阳泉市检察院"]):
        imported(sheet(row(text=f"第{place}问", office=name)))
    found = list(Question.objects.order_by("pk").values_list("office", "office_name", "department__code"))
    assert found == [
        (office.pk, "宁川市人民检察院", "procuratorate"),
        (office.pk, "宁川市检察院", "procuratorate"),
        (office.pk, "宁川市检", "procuratorate"),
        (None, "山西省阳泉市检察院", "procuratorate"),
    ]


@pytest.mark.parametrize(
    ("received", "office", "name"),
    [
        ("最高人民检察院杜雪", "最高人民检察院", "杜雪"),
        ("广西壮族自治区隆林县检察院周彬", "广西壮族自治区隆林县检察院", "周彬"),
        ("四川省达州市检察院罗广淋", "四川省达州市检察院", "罗广淋"),
        ("辽宁省大连市甘井子区检察院侯杰", "辽宁省大连市甘井子区检察院", "侯杰"),
        ("某市中级人民法院 欧阳修文", "某市中级人民法院", "欧阳修文"),
        ("某省第一监狱王小明", "某省第一监狱", "王小明"),
        ("某县看守所　李四", "某县看守所", "李四"),
        ("新疆维吾尔自治区伊犁哈萨克自治州检察院阿勒泰分院", None, ""),
        ("湖北省检察院武汉铁路运输分院", None, ""),
        ("上海市检察院第二分院", None, ""),
        ("山东省淄博高新区检察院", None, ""),
        ("某市人民检察院第一检察部", None, ""),
        ("某市人民检察院高新区", None, ""),
        ("某省监狱管理局", None, ""),
        ("某市看守所管教", None, ""),
        ("某市中级人民法院刑二庭", None, ""),
        ("", None, ""),
    ],
)
def test_name_at_the_end_of_an_office_is_distinguished_from_places_and_units(received, office, name):
    assert split_office(received) == (received if office is None else office, name)


def test_name_at_the_end_goes_to_the_identity_and_nowhere_else():
    imported(sheet(row(office="四川省达州市检察院罗广淋")))
    question = Question.objects.get()
    assert question.office_name == "四川省达州市检察院"
    assert AskerIdentity.objects.get().name == "罗广淋"
    assert "罗广淋" not in repr(Question.objects.values().get())


def test_unknown_category_waits_for_a_topic_and_then_reaches_its_questions():
    content = json.dumps([{"question": "甲问", "category": "刑执", "asker_office": "某县检察院"}]).encode()
    imported(content)
    mapping = CategoryMapping.objects.get()
    assert (mapping.received, mapping.topic) == ("刑执", None)
    mapping.topic = TopicFactory(name="刑事执行")
    mapping.save()
    assert apply_mapping(mapping=mapping) == 1
    later = json.dumps([{"question": "乙问", "category": "刑执"}]).encode()
    imported(later)
    topics = [list(question.topics.names()) for question in Question.objects.all()]
    assert topics == [["刑事执行"], ["刑事执行"]]
    assert apply_mapping(mapping=mapping) == 0


@pytest.mark.shared_data
def test_all_published_answers_come_in(shared_data):
    source = shared_data / "questions" / "published_answers.dev.json"
    rows = json.loads(source.read_text())
    report = imported(source.read_bytes())
    assert (report.imported, report.rejected, report.already_there) == (len(rows), 0, 0) == (51, 0, 0)
    for entry, number in zip(rows, report.numbers, strict=True):
        question = Question.objects.get(number=number)
        assert (question.title, question.text) == (entry["title"], entry["question"].strip())
        assert question.raised_on.isoformat() == entry["date"]
        assert question.category_received == entry["category"]
        assert question.received_answer.text == entry["answer"].strip()
        assert (question.origin, question.department.code) == (QuestionOrigin.PUBLISHED, "procuratorate")
        assert question.office_name + question.asker_identity.name == entry["asker_office"]
    names = AskerIdentity.objects.exclude(name="").values_list("name", flat=True)
    assert sorted(names) == sorted(["杜雪", "周彬", "罗广淋", "侯杰"])
    assert CategoryMapping.objects.count() == len({entry["category"] for entry in rows})
    assert ReceivedAnswer.objects.count() == 51
    again = imported(source.read_bytes())
    assert (again.imported, again.already_there) == (0, 51)
