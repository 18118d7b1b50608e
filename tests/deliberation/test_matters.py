"""Matters: opening, texts that never change, readers, the law library, what is logged."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from deliberation.digests import SignedContent, digest_of
from deliberation.enums import MATTER_MOVES, MatterAudience, MatterStatus, Presence
from deliberation.kinds import MatterKind, kind_of, matter_kinds, register_kind
from deliberation.models import Matter, TextVersion
from deliberation.rules import can_view_matter
from deliberation.selectors.matters import difference, matters_visible_to
from deliberation.services.matters import AttendeeEntry, open_matter, put_version, record_issue
from deliberation.signals import version_put
from deliberation.wagtail_hooks import LOG_ACTIONS
from norms.enums import DocumentKind
from norms.models import Citation, NormativeDocument
from portal.foundation.uploads import Upload, UploadUnavailableError, store_uploads, stored_uploads
from portal.org.enums import Level
from tests.factories.deliberation import TEXT
from tests.factories.norms import import_text
from tests.factories.org import OfficeFactory, UserFactory, department

pytestmark = pytest.mark.django_db


def put(table, matter, **values):
    matter.refresh_from_db()
    fields = {"after": matter.current, "title": matter.title, "markdown": f"{TEXT}\n附则\n"} | values
    return put_version(matter=matter, actor=table.host, **fields)


def test_matters_are_numbered_at_opening(table):
    year = timezone.localdate().year
    assert [table.open(title=f"意见{n}").number for n in (1, 2)] == [f"HS-{year}-001", f"HS-{year}-002"]


def test_first_text_is_put_with_the_matter(table):
    received = []

    def collect(**kwargs):
        received.append(kwargs["version"])

    version_put.connect(collect)
    matter = table.open()
    assert received == [matter.current]
    assert (matter.current.n, matter.current.title, matter.status) == (1, matter.title, MatterStatus.WRITING)
    assert [party.place for party in matter.parties.all()] == [1, 2, 3]


@pytest.mark.parametrize("wrong", ["alone", "twice", "levels", "without host", "inactive"])
def test_parties_fit_together(table, wrong):
    host, second, third = table.offices
    parties = {
        "alone": [host],
        "twice": [host, second, OfficeFactory(department=second.department, level=Level.NATIONAL)],
        "levels": [host, OfficeFactory(department=second.department, level=Level.COUNTY)],
        "without host": [second, third],
        "inactive": [
            host,
            OfficeFactory(department=department("prison"), level=Level.NATIONAL, is_active=False),
        ],
    }[wrong]
    with pytest.raises(ValidationError) as refused:
        open_matter(kind="theme", title="题", markdown="文", host=host, parties=parties, actor=table.host)
    assert list(refused.value.message_dict) == ["parties"]


def test_coordinators_of_the_host_open_and_lead(table):
    for stranger in (table.signatories[0], table.coordinators[1], UserFactory(roles=["coordinator"])):
        with pytest.raises(PermissionDenied):
            open_matter(
                kind="theme",
                title="题",
                markdown="文",
                host=table.offices[0],
                parties=table.offices,
                actor=stranger,
            )
    matter = table.open()
    with pytest.raises(PermissionDenied):
        put_version(
            matter=matter, after=matter.current, title="题", markdown="文", actor=table.coordinators[1]
        )


def test_text_says_something_of_a_known_kind(table):
    for wrong, field in (
        ({"kind": "treaty"}, "kind"),
        ({"title": " "}, "title"),
        ({"markdown": "。"}, "markdown"),
        ({"audience": "world"}, "audience"),
        ({"attendees": [AttendeeEntry("陆一鸣")]}, "attendees"),
    ):
        with pytest.raises(ValidationError) as refused:
            table.open(**wrong)
        assert list(refused.value.message_dict) == [field]
    assert Matter.objects.count() == 0


def test_marked_texts_and_files_are_refused(table):
    for marked in ({"markdown": "机密★10年\n正文"}, {"title": "见机密★10年文件"}):
        with pytest.raises(ValidationError):
            table.open(**marked)
    key = store_uploads(
        purpose="matters", uploads=[Upload("附件.txt", "机密★10年\n附件".encode())], user=table.host
    )
    with pytest.raises(ValidationError):
        table.open(upload_key=key)
    assert Matter.objects.count() == 0


def test_versions_never_change(table):
    version = table.open().current
    version.markdown = "另一文本"
    for act in (version.save, version.delete, TextVersion.objects.all().delete):
        with pytest.raises(TypeError):
            act()
    with pytest.raises(TypeError):
        TextVersion.objects.update(markdown="另一文本")
    assert TextVersion.objects.get().markdown == TEXT


def test_digest_covers_text_title_files_parties_and_attendees():
    content = {
        "number": "HS-2026-001",
        "version": 1,
        "title": "题",
        "text": "文",
        "files": [("甲", "1")],
        "parties": ["法院", "检察院"],
        "attendees": [("陆一鸣", "法院", "attended")],
    }
    others = {
        "number": "HS-2026-002",
        "version": 2,
        "title": "另题",
        "text": "文 ",
        "files": [("甲", "2")],
        "parties": ["检察院", "法院"],
        "attendees": [("陆一鸣", "法院", "excused")],
    }
    digests = {digest_of(SignedContent(**content | {name: value})) for name, value in others.items()}
    assert len(digests | {digest_of(SignedContent(**content))}) == len(others) + 1


def test_stored_digest_is_that_of_what_is_stored(table):
    key = store_uploads(
        purpose="matters",
        uploads=[Upload("附件一.txt", b"one"), Upload("附件二.txt", b"two")],
        user=table.host,
    )
    people = [AttendeeEntry("陆一鸣", "法院"), AttendeeEntry("祁素", presence=Presence.SAT_IN)]
    matter = table.open("minutes", title="会商纪要", upload_key=key, attendees=people)
    version = TextVersion.objects.get()
    assert version.computed_digest() == version.digest
    assert [(file.name, file.file.read()) for file in version.files.all()] == [
        ("附件一.txt", b"one"),
        ("附件二.txt", b"two"),
    ]
    assert [(row.name, row.presence) for row in version.attendees.all()] == [
        ("陆一鸣", "attended"),
        ("祁素", "sat_in"),
    ]
    with pytest.raises(UploadUnavailableError):
        stored_uploads(purpose="matters", key=key, user=table.host)
    office = table.offices[1]
    office.name = "改名后的单位"
    office.save()
    assert TextVersion.objects.get().computed_digest() == version.digest
    assert matter.current.party_names[0].startswith(table.offices[0].name)


def test_text_is_put_after_the_one_that_was_read(table):
    matter = table.open()
    first = matter.current
    second = put(table, matter, title="新题")
    with pytest.raises(ValidationError) as refused:
        put_version(matter=matter, after=first, title="题", markdown="文", actor=table.host)
    assert refused.value.code == "changed"
    matter.refresh_from_db()
    assert (matter.current, matter.title, second.n) == (second, "新题", 2)


def test_files_of_the_text_before_stay_where_the_host_keeps_them(table):
    files = [Upload("附件一.txt", b"one"), Upload("附件二.txt", b"two")]
    matter = table.open(upload_key=store_uploads(purpose="matters", uploads=files, user=table.host))
    other = table.open(
        title="另一意见", upload_key=store_uploads(purpose="matters", uploads=files, user=table.host)
    )
    with pytest.raises(ValidationError):
        put(table, matter, kept_files=other.current.files.all())
    key = store_uploads(purpose="matters", uploads=[Upload("附件三.txt", b"three")], user=table.host)
    version = put(table, matter, kept_files=[matter.current.files.all()[1]], upload_key=key)
    assert [(file.name, file.file.read()) for file in version.files.all()] == [
        ("附件二.txt", b"two"),
        ("附件三.txt", b"three"),
    ]
    assert version.computed_digest() == version.digest


def test_text_without_a_change_is_no_version(table):
    key = store_uploads(purpose="matters", uploads=[Upload("附件.txt", b"one")], user=table.host)
    matter = table.open(upload_key=key)
    with pytest.raises(ValidationError):
        put(table, matter, markdown=TEXT, kept_files=matter.current.files.all())
    assert put(table, matter, markdown=TEXT).files.count() == 0


def test_apps_above_find_the_text_whole_when_they_hear_of_it(table):
    heard = []

    def collect(version, **kwargs):
        heard.append((version.computed_digest() == version.digest, version.files.count()))

    version_put.connect(collect)
    key = store_uploads(purpose="matters", uploads=[Upload("附件.txt", b"one")], user=table.host)
    table.open(upload_key=key)
    assert heard == [(True, 1)]


def test_difference_is_shown_character_by_character(table):
    matter = table.open()
    older = matter.current
    newer = put(table, matter, markdown=TEXT.replace("十日内", "七日内"))
    runs = difference(older, newer)
    assert [(run.kind, run.text) for run in runs if run.kind != "same"] == [
        ("removed", "十"),
        ("added", "七"),
    ]


def test_text_of_a_matter_cites(table):
    matter = table.open(markdown="依照《刑法》第七十八条办理。")
    (citation,) = Citation.objects.of_source(matter.current)
    assert (citation.document_name, citation.locator["article"]) == ("刑法", 78)


# Readers ----------------------------------------------------------------------------------------------------------


def test_rule_and_queryset_agree_on_who_reads(table):
    matters = [
        table.open(title="各方", audience=MatterAudience.PARTIES),
        table.open(title="全员", audience=MatterAudience.STAFF),
    ]
    party_trainee = UserFactory(roles=["trainee"], office=table.offices[1])
    other_office = UserFactory(
        roles=["analyst"], office=OfficeFactory(department=table.offices[1].department)
    )
    without_office = UserFactory(office=None)
    closed = UserFactory(office=table.offices[1], is_active=False)
    expected = {
        table.host: [True, True],
        party_trainee: [True, True],
        other_office: [False, True],
        without_office: [False, True],
        closed: [False, False],
    }
    for user, readable in expected.items():
        assert [can_view_matter(user, matter) for matter in matters] == readable
        visible = set(matters_visible_to(user))
        assert [matter in visible for matter in matters] == readable
    anonymous = AnonymousUser()
    assert not any(can_view_matter(anonymous, matter) for matter in matters)
    assert not matters_visible_to(anonymous).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_matters_are_listed_with_their_parties_in_as_many_queries(table, django_assert_num_queries, count):
    for n in range(count):
        table.open(title=f"意见{n}")
    reader = table.signatories[1]
    assert reader.office
    with django_assert_num_queries(2):
        rows = [
            (str(matter.host.department), [party.department.seal for party in matter.parties.all()])
            for matter in matters_visible_to(reader).open().with_parties()
            if can_view_matter(reader, matter)
        ]
    assert len(rows) == count


# The law library --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["agreement", "working_rule", "minutes"])
def test_settled_text_stands_in_the_law_library_with_its_articles(table, kind):
    matter = table.settle(kind)
    version = matter.norm_version
    assert (version.document.kind, version.promulgated_on) == (DocumentKind.AGREEMENT, matter.frozen_on)
    assert version.document.title == matter.title
    assert version.document.issuing_bodies == [office.name for office in table.offices]
    articles = version.provisions.filter(kind="article").values_list("number", flat=True)
    assert list(articles) == [1, 2, 3]


def test_articles_of_a_settled_text_are_cited_like_a_laws(table):
    matter = table.settle()
    other = table.open("theme", title="另一主题", markdown=f"按照《{matter.title}》第二条函询。")
    (citation,) = Citation.objects.of_source(other.current)
    assert citation.document == matter.norm_version.document
    assert citation.provision.number == 2


def test_renewed_agreement_is_the_next_version_of_the_document(table):
    first = table.settle()
    type(first.norm_version).objects.filter(pk=first.norm_version_id).update(
        promulgated_on=timezone.localdate() - dt.timedelta(days=400)
    )
    second = table.settle(markdown=TEXT.replace("十日", "七日"))
    assert second.norm_version.document == first.norm_version.document
    assert second.norm_version.is_current


def test_agreement_does_not_take_the_title_of_a_law(table):
    law = import_text(
        "宁川省社区矫正工作规定\n第一条 为了规范工作，制定本规定。\n第二条 本规定自公布之日起施行。\n"
    )
    with pytest.raises(ValidationError) as refused:
        table.open(title=law.title)
    assert list(refused.value.message_dict) == ["title"]
    assert table.open("theme", title=law.title).title == law.title


def test_law_that_took_the_title_meanwhile_stays_as_it_is(table):
    matter = table.ready()
    NormativeDocument.objects.create(title=matter.title, kind=DocumentKind.LAW)
    for place in range(3):
        table.sign(matter, place)
    matter.refresh_from_db()
    assert (matter.status, matter.norm_version) == (MatterStatus.FROZEN, None)
    assert NormativeDocument.objects.get().versions.count() == 0


def test_settled_text_is_issued_under_the_hosts_number_once(table):
    with pytest.raises(ValidationError):
        record_issue(
            matter=table.open(title="未定"),
            document_number="宁法发〔2026〕3号",
            issued_on=timezone.localdate(),
            actor=table.host,
        )
    matter = table.settle()
    fields = {"matter": matter, "issued_on": timezone.localdate()}
    with pytest.raises(PermissionDenied):
        record_issue(document_number="宁法发〔2026〕3号", actor=table.coordinators[1], **fields)
    with pytest.raises(ValidationError):
        record_issue(document_number=" ", actor=table.host, **fields)
    issued = record_issue(document_number="宁法发〔2026〕3号", actor=table.host, **fields)
    issued.norm_version.refresh_from_db()
    assert issued.norm_version.document_number == issued.document_number == "宁法发〔2026〕3号"
    with pytest.raises(ValidationError):
        record_issue(document_number="宁法发〔2026〕4号", actor=table.host, **fields)


# Kinds, moves, log ------------------------------------------------------------------------------------------------


def test_apps_above_add_kinds_under_codes_of_their_own():
    codes = [kind.code for kind in matter_kinds()]
    assert codes[:5] == ["theme", "session_plan", "working_rule", "agreement", "minutes"]
    theme = kind_of("theme")
    register_kind(theme)
    with pytest.raises(ValueError, match="theme"):
        register_kind(MatterKind("theme", "另一种", theme.settles_by))
    with pytest.raises(LookupError):
        kind_of("treaty")


def test_moves_name_every_status_and_lead_out_of_no_end():
    assert set(MATTER_MOVES) == set(MatterStatus)
    assert [status for status, moves in MATTER_MOVES.items() if not moves] == ["frozen", "closed"]


def test_each_act_is_logged_with_who_did_it(table):
    matter = table.settle()
    entries = ModelLogEntry.objects.filter(action__startswith="deliberation.", object_id=str(matter.pk))
    actions = {entry.action.removeprefix("deliberation.") for entry in entries}
    assert {"open", "put_version", "consult", "position", "open_signing", "sign", "freeze"} == actions
    assert actions <= set(LOG_ACTIONS)
    assert entries.get(action="deliberation.freeze").user == table.signatories[2]
