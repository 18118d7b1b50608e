"""Every text field that somebody fills is read for marks of classification, or named here with the reason why not."""

from __future__ import annotations

import ast
import datetime
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet

from courses.rotation.models import Rotation
from courses.rotation.services import add_party, answer_swap, propose_swap, skip_turn, start_rotation
from inquiry.services import (
    clauses,
    closures,
    clusters,
    dossiers,
    holding,
    identities,
    merges,
    questions,
    refinements,
)
from norms.services.names import add_name
from portal.org.enums import ApprovalKind, AssignmentKind
from portal.org.services import approvals, assignments
from search.models import Synonym
from search.query.synonyms import save_synonym
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierItemFactory, QuestionFactory
from tests.factories.norms import import_text
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.factories.rotation import RotationFactory, coming_turn
from tests.norms.samples import LEAVE, LEAVE_2025

APPS = ("portal", "norms", "deliberation", "courses", "casebank", "inquiry", "search", "home")
MARKED = "见机密★10年文件"
NUMBERS = "numbers of records, which are looked up and not stored"
CODE = "a code, an address or a number in a fixed form"
NAME = "the name of a person or an office, kept by administrators"
VOCABULARY = "a word of the shared vocabulary, in which 工作秘密 may be a subject"
SECRET = "a password, a key or a code; nobody reads it"
STYLE = "a sample on the style guide, which stores nothing"
REVISION = "a revision that the page sent along"

# Fields of our forms and what reads them: the services below, or the form itself.
READ_BY_SERVICES = {
    "AddQuestionsForm.reason": "add_questions",
    "AnswerForm.comment": "answer_swap",
    "AddSourcesForm.note": "add_to_dossier",
    "AskForm.text": "raise_question",
    "AssignForm.note": "assign",
    "CloseForm.reply": "close_question",
    "ClauseForm.heading": "save_clause.heading",
    "ClauseForm.rationale": "save_clause.rationale",
    "ClauseForm.text": "save_clause.text",
    "ClusterFields.statement": "create_cluster.statement",
    "ClusterFields.title": "create_cluster.title",
    "CollectForm.title": "create_cluster.title",
    "CorrectionForm.text": "append_correction",
    "DossierForm.analysis": "create_dossier.analysis",
    "DossierForm.grounds": "create_dossier.grounds",
    "DossierForm.target_title": "create_dossier.target_title",
    "DossierForm.title": "create_dossier.title",
    "EditClusterForm.statement": "edit_cluster.statement",
    "EditClusterForm.title": "edit_cluster.title",
    "FinishForm.incomplete_reason": "move_dossier",
    "GroupForm.reason": "create_cluster.reason",
    "GroupForm.title": "create_cluster.title",
    "IdentityRequestForm.reason": "request_identity",
    "MergeForm.reason": "merge_clusters",
    "NewClusterForm.statement": "create_cluster.statement",
    "NewClusterForm.title": "create_cluster.title",
    "NewDossierForm.target_title": "create_dossier.target_title",
    "NewDossierForm.title": "create_dossier.title",
    "PartyForm.reason": "add_party",
    "ReasonForm.reason": "remove_question",
    "RefineForm.text": "refine_question.text",
    "RefineForm.title": "refine_question.title",
    "RefusalForm.reason": "refuse_identity_request",
    "SkipForm.reason": "skip_turn",
    "StartForm.name": "start_rotation.name",
    "StartForm.name_en": "start_rotation.name_en",
    "SwapForm.reason": "propose_swap",
    "SplitForm.reason": "split_cluster.reason",
    "SplitForm.statement": "split_cluster.statement",
    "SplitForm.title": "split_cluster.title",
    "SynonymForm.note": "save_synonym",
    # Read from the request without a form.
    "inquiry.views.collect.title": "create_cluster.title",
    "norms.views.unresolved.name": "add_name",
    "portal.org.views.approvals.reason": "refuse",
    "portal.org.views.assignments.reason": "pause_assignment",
}
READ_BY_FORMS = {
    "ApprovalForm.comment": "tests/test_secrecy_checks.py",
    "CommentForm.comment": "tests/test_secrecy_checks.py",
    "DocumentForm.issuing_bodies": "tests/norms/test_import_marked.py",
    "norms.views.admin_import.reason-": "tests/norms/test_import_marked.py",
}
NOT_READ = {
    "AccountForm.display_name": NAME,
    "AccountForm.email": CODE,
    "AccountForm.phone": CODE,
    "AccountForm.username": CODE,
    "AddQuestionsForm.numbers": NUMBERS,
    "AskForm.submission_key": SECRET,
    "AddSourcesForm.numbers": NUMBERS,
    "ChangeAccountForm.display_name": NAME,
    "ChangeAccountForm.email": CODE,
    "ChangeAccountForm.phone": CODE,
    "ChangeAccountForm.username": CODE,
    "CloseForm.numbers": NUMBERS,
    "CheckedPagesForm.drafts": REVISION,
    "CollectForm.number": NUMBERS,
    "CollectForm.numbers": NUMBERS,
    "CollectForm.other_number": NUMBERS,
    "DossierForm.compiling_office": NUMBERS,
    "DeskFilterForm.department": CODE,
    "DeskFilterForm.session": NUMBERS,
    "DeskFilterForm.topic": CODE,
    "DeskFilterForm.words": "words that are looked for and not stored",
    "DossierForm.target_document": NUMBERS,
    "EditClusterForm.expected_revision": REVISION,
    "ForgottenPasswordForm.login": CODE,
    "GroupForm.numbers": NUMBERS,
    "HeldRefusalForm.reason": "written by a reviewer, who decides about marks",
    "LinkForm.numbers": NUMBERS,
    "MergeForm.numbers": NUMBERS,
    "NewAccountForm.display_name": NAME,
    "NewAccountForm.email": CODE,
    "NewAccountForm.phone": CODE,
    "NewAccountForm.username": CODE,
    "NewClusterForm.numbers": NUMBERS,
    "NewPasswordForm.code": SECRET,
    "NewPasswordForm.password1": SECRET,
    "NewPasswordForm.password2": SECRET,
    "PasswordChangeForm.oldpassword": SECRET,
    "PasswordChangeForm.password1": SECRET,
    "PasswordChangeForm.password2": SECRET,
    "PasswordLinkForm.key": SECRET,
    "PasswordLinkForm.uidb36": SECRET,
    "PickForm.numbers": NUMBERS,
    "RefineForm.further_topics": "names of topics, which are looked up and not stored",
    "SplitForm.numbers": NUMBERS,
    "ProfileForm.email": CODE,
    "ProfileForm.phone": CODE,
    "RoleForm.name": NAME,
    "SampleForm.text": STYLE,
    "StartForm.code": CODE,
    "StartForm.region": CODE,
    "SignInForm.password": SECRET,
    "SynonymForm.others": VOCABULARY,
    "SynonymForm.term": VOCABULARY,
    "home.views.look.single_keys": "on or off",
    "home.views.look.theme": "light or dark",
    "inquiry.views.collect.number": NUMBERS,
    "search.views.queue.engine": "the name of an engine",
    "search.views.queue.row": CODE,
    "inquiry.views.desk_pages.text": "shown back to its writer; `refine_question` reads what is stored",
    "inquiry.views.desk.text": "shown back to its writer; `refine_question` reads what is stored",
    "inquiry.views.ask.text": "shown back to its writer; `raise_question` reads what is stored",
    "norms.views.unresolved.document": NUMBERS,
    "portal.org.views.me.email": "compared to the stored address",
    "portal.org.views.file_reviews.reason": "written by a reviewer, who decides about marks",
}
# Choices, keys and addresses in requests that are read without a form.
CHOICES = {
    "act",
    "compared-",
    "date-",
    "direction",
    "format",
    "lang",
    "language",
    "next",
    "position",
    "queue",
    "sheet_name",
    "status",
    "target",
    "then",
    "text-",
    "to",
    "token",
    "undo",
    "upload",
    "FIELD",
}
# Pages of records in the administration: what their fields are read by, or why they are not.
ADMIN_MODELS = {
    "CalendarYear": "save_working_days",
    "CaseKind": NAME,
    "CategoryMapping": VOCABULARY,
    "Department": NAME,
    "NormativeDocument": "DocumentForm",
    "Office": NAME,
    "Synonym": "SynonymForm",
    "Topic": VOCABULARY,
    "TrainingSession": "create_session",
}


def modules() -> Iterator[str]:
    root = Path(settings.BASE_DIR)
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if {"forms", "viewsets", "styleguide"} & set(parts):
                yield ".".join(part for part in parts if part != "__init__")


def form_classes() -> set[type[forms.BaseForm]]:
    classes: set[type[forms.BaseForm]] = set()
    for name in modules():
        module = importlib.import_module(name)
        members = inspect.getmembers(module, inspect.isclass)
        classes |= {
            cls for _name, cls in members if issubclass(cls, forms.BaseForm) and cls.__module__ in name
        }
    return classes


def fields_of_forms() -> set[str]:
    assert get_resolver().url_patterns  # Forms that only views name are imported with them.
    return {
        f"{cls.__name__}.{name}"
        for cls in form_classes()
        for name, field in getattr(cls, "base_fields", {}).items()
        if isinstance(field, forms.CharField)
    }


def name_of_key(node: ast.expr) -> str:
    """Return a key as it is written, and how a formatted one begins."""
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    return (
        str(node.value) if isinstance(node, ast.Constant) else node.id if isinstance(node, ast.Name) else "?"
    )


def is_post(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "POST"


def is_get_of_post(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "get" and is_post(node.value)


def keys_in_requests(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Subscript) and is_post(node.value):
            yield name_of_key(node.slice)
        elif isinstance(node, ast.Call) and is_get_of_post(node.func):
            yield name_of_key(node.args[0])


def fields_of_requests() -> set[str]:
    root = Path(settings.BASE_DIR)
    return {
        f"{'.'.join(path.relative_to(root).with_suffix('').parts)}.{key}"
        for app in APPS
        for path in (root / app).rglob("*.py")
        for key in keys_in_requests(path)
        if key not in CHOICES
    }


def test_every_text_field_of_a_form_is_read_or_named():
    named = {key for key in (*READ_BY_SERVICES, *READ_BY_FORMS, *NOT_READ) if key[0].isupper()}
    assert fields_of_forms() == named


def test_every_text_that_a_view_reads_itself_is_read_or_named():
    named = {key for key in (*READ_BY_SERVICES, *READ_BY_FORMS, *NOT_READ) if key[0].islower()}
    assert fields_of_requests() == named


def test_every_page_of_records_in_the_administration_is_named():
    models = {viewset.model.__name__ for viewset in viewsets.viewsets if isinstance(viewset, ModelViewSet)}
    assert {name for name in models if name in ADMIN_MODELS or name not in ("User", "Group")} >= set(
        ADMIN_MODELS
    )
    ours = {
        viewset.model.__name__
        for viewset in viewsets.viewsets
        if isinstance(viewset, ModelViewSet) and viewset.model.__module__.split(".")[0] in APPS
    }
    assert ours - {"User", "TypicalCase"} == set(ADMIN_MODELS)


def test_reasons_and_readers_are_of_fields_that_exist():
    assert set(READ_BY_SERVICES.values()) == set(WRITES)
    assert all(NOT_READ.values())


# Each write with a marked text: (what is prepared, what is called with the mark).
Write = Callable[[object], object]


def cluster_of_two(actor):
    return ClusterFactory(questions=[QuestionFactory(), QuestionFactory()])


def approval_of(actor):
    account = UserFactory(office=None)
    approval = approvals.request_approval(
        kind=ApprovalKind.ROLE, account=account, role="keeper", actor=UserFactory(roles=["administrator"])
    )
    return approvals.refuse_approval(approval=approval, actor=actor, reason=MARKED)


def refused_request(actor):
    asked = identities.request_identity(
        question=QuestionFactory(), keeper=UserFactory(roles=["keeper"]), reason="核实线索"
    )
    return identities.refuse_identity_request(request=asked, actor=actor, reason=MARKED)


def paused(actor):
    question = QuestionFactory()
    waiting = assignments.assign(subject=question, what=AssignmentKind.REFINE, person=actor)
    return assignments.pause_assignment(assignment=waiting, user=actor, reason=MARKED)


def started(actor, **texts):
    rotation = Rotation(
        code="r", name="轮值", level="municipal", region="990100", first_day=datetime.date(2026, 1, 1)
    )
    for name, text in texts.items():
        setattr(rotation, name, text)
    offices = [OfficeFactory(department=department(code)) for code in ("court", "prison")]
    return start_rotation(rotation=rotation, offices=offices, actor=actor)


def of_coming_turn(service, **values):
    rotation = RotationFactory()
    hosted = coming_turn(rotation)
    actor = UserFactory(roles=["coordinator"], office=hosted.office)
    return service(rotation=rotation, number=hosted.number, actor=actor, **values)


def swapped(actor):
    rotation = RotationFactory()
    other = coming_turn(rotation, 1)
    proposal = of_coming_turn_of(rotation, other.number)
    answerer = UserFactory(roles=["coordinator"], office=other.office)
    return answer_swap(proposal=proposal, agrees=False, comment=MARKED, actor=answerer)


def of_coming_turn_of(rotation, other_number, reason="人手不足"):
    hosted = coming_turn(rotation)
    actor = UserFactory(roles=["coordinator"], office=hosted.office)
    return propose_swap(
        rotation=rotation, number=hosted.number, other_number=other_number, reason=reason, actor=actor
    )


def swap_asked(actor):
    rotation = RotationFactory()
    return of_coming_turn_of(rotation, coming_turn(rotation, 1).number, reason=MARKED)


def asked(actor, **texts):
    return questions.raise_question(
        session=TrainingSessionFactory(), kind="question", naming="anonymous", actor=actor, **texts
    )


def removed(actor):
    cluster = ClusterFactory()
    question = QuestionFactory()
    clusters.add_questions(cluster=cluster, questions=[question], actor=actor)
    return clusters.remove_question(cluster=cluster, question=question, reason=MARKED, actor=actor)


def split(actor, **texts):
    cluster, question = ClusterFactory(), QuestionFactory()
    clusters.add_questions(cluster=cluster, questions=[question], actor=actor)
    values = {"title": "另一组", "reason": "问的不同"} | texts
    return clusters.split_cluster(cluster=cluster, questions=[question], actor=actor, **values)


def edited(actor, **texts):
    cluster = ClusterFactory()
    values = {"title": cluster.title, "statement": ""} | texts
    revision = clusters.cluster_revision(cluster)
    return clusters.edit_cluster(cluster=cluster, expected_revision=revision, actor=actor, **values)


def clause(actor, **texts):
    dossier = dossiers.create_dossier(title="素材", actor=actor)
    return clauses.save_clause(dossier=dossier, actor=actor, **({"text": "第一条"} | texts))


def corrected(actor):
    return questions.append_correction(question=QuestionFactory(asker=actor), text=MARKED, actor=actor)


def gathered(actor):
    dossier = dossiers.create_dossier(title="素材", actor=actor)
    return dossiers.add_to_dossier(dossier=dossier, questions=[QuestionFactory()], note=MARKED, actor=actor)


def refined(actor, **texts):
    values = {"title": "提炼", "text": "外出如何审批？"} | texts
    return refinements.refine_question(question=QuestionFactory(), actor=actor, **values)


WRITES: dict[str, Write] = {
    "add_party": lambda actor: add_party(
        rotation=RotationFactory(), office=OfficeFactory(), reason=MARKED, actor=actor
    ),
    "answer_swap": swapped,
    "propose_swap": swap_asked,
    "skip_turn": lambda actor: of_coming_turn(skip_turn, reason=MARKED),
    "start_rotation.name": lambda actor: started(actor, name=MARKED),
    "start_rotation.name_en": lambda actor: started(actor, name_en=MARKED),
    "add_name": lambda actor: add_name(
        document=import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt").document, name=MARKED, actor=actor
    ),
    "close_question": lambda actor: closures.close_question(
        question=QuestionFactory(), reason="not_ours", reply=MARKED, actor=actor
    ),
    "add_questions": lambda actor: clusters.add_questions(
        cluster=ClusterFactory(), questions=[QuestionFactory()], reason=MARKED, actor=actor
    ),
    "add_to_dossier": gathered,
    "append_correction": corrected,
    "assign": lambda actor: assignments.assign(
        subject=QuestionFactory(), what=AssignmentKind.REFINE, person=actor, note=MARKED, actor=actor
    ),
    "create_cluster.reason": lambda actor: clusters.create_cluster(
        title="外出", questions=[QuestionFactory()], reason=MARKED, actor=actor
    ),
    "create_cluster.statement": lambda actor: clusters.create_cluster(
        title="外出", statement=MARKED, actor=actor
    ),
    "create_cluster.title": lambda actor: clusters.create_cluster(title=MARKED, actor=actor),
    "create_dossier.analysis": lambda actor: dossiers.create_dossier(
        title="素材", analysis=MARKED, actor=actor
    ),
    "create_dossier.grounds": lambda actor: dossiers.create_dossier(
        title="素材", grounds=MARKED, actor=actor
    ),
    "create_dossier.target_title": lambda actor: dossiers.create_dossier(
        title="素材", target_title=MARKED, actor=actor
    ),
    "create_dossier.title": lambda actor: dossiers.create_dossier(title=MARKED, actor=actor),
    "edit_cluster.statement": lambda actor: edited(actor, statement=MARKED),
    "edit_cluster.title": lambda actor: edited(actor, title=MARKED),
    "merge_clusters": lambda actor: merges.merge_clusters(
        keep=ClusterFactory(), absorb=ClusterFactory(), reason=MARKED, actor=actor
    ),
    "move_dossier": lambda actor: dossiers.move_dossier(
        dossier=DossierItemFactory(question=QuestionFactory()).dossier,
        status="finished",
        incomplete_reason=MARKED,
        actor=actor,
    ),
    "pause_assignment": paused,
    "raise_question": lambda actor: asked(actor, text=MARKED),
    "refine_question.text": lambda actor: refined(actor, text=MARKED),
    "refine_question.title": lambda actor: refined(actor, title=MARKED),
    "refuse": approval_of,
    "refuse_identity_request": refused_request,
    "remove_question": removed,
    "request_identity": lambda actor: identities.request_identity(
        question=QuestionFactory(), keeper=actor, reason=MARKED
    ),
    "save_clause.heading": lambda actor: clause(actor, heading=MARKED),
    "save_clause.rationale": lambda actor: clause(actor, rationale=MARKED),
    "save_clause.text": lambda actor: clause(actor, text=MARKED),
    "save_synonym": lambda actor: save_synonym(
        synonym=Synonym(term="社矫", others="社区矫正", note=MARKED), actor=actor
    ),
    "split_cluster.reason": lambda actor: split(actor, reason=MARKED),
    "split_cluster.statement": lambda actor: split(actor, statement=MARKED),
    "split_cluster.title": lambda actor: split(actor, title=MARKED),
}
ROLES = ["analyst", "keeper", "administrator", "editor", "coordinator"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(WRITES))
def test_marked_text_of_any_field_is_refused_or_held(name):
    actor = UserFactory(roles=ROLES, office=OfficeFactory(department=department("court")))
    with pytest.raises((ValidationError, holding.SubmissionHeld)) as caught:
        WRITES[name](actor)
    if isinstance(caught.value, ValidationError):
        assert "机密★" in caught.value.messages[0]
