"""What waits for somebody in the demo: an identity request, a text held back, an approval, a case, work with a day."""

from __future__ import annotations

import contextlib
import datetime

from casebank.models import TypicalCase
from home.demo.loader.registry import Registry
from inquiry.enums import ClosureReason, Naming, QuestionKind, QuestionStatus
from inquiry.models import Question, QuestionCluster
from inquiry.selectors import questions_awaiting_refinement
from inquiry.selectors.sessions import sessions_open_for_questions
from inquiry.services.claims import claim_question
from inquiry.services.closures import close_question
from inquiry.services.holding import SubmissionHeld
from inquiry.services.identities import request_identity
from inquiry.services.questions import raise_question
from portal.org.enums import ApprovalKind, AssignmentKind, Role
from portal.org.models import User
from portal.org.services import assign
from portal.org.services.approvals import request_approval

HELD_TEXT = "学员手册第三页印有“内部资料 注意保存”，手册里的流程图能否转发给本院同事参考？"
# Text, key of its form, reason, reply, and the key of the question that asks the same.
CLOSED = (
    (
        "减刑案件实质化审理是不是每一件都要提讯罪犯？希望能有一个分层的标准。",
        "00000000-0000-4000-8000-00000000a002",
        ClosureReason.DUPLICATE,
        "您好，感谢您的提问。同样的问题已有人提出，我们在那里统一研究，您可以关注它的进展。如果您问的是另一件事，请重新"
        "提问，并说明不同之处。",
        "q001",
    ),
    (
        "本院今年的年度考核名额怎么分配，能不能向培训学员倾斜？",
        "00000000-0000-4000-8000-00000000a003",
        ClosureReason.NOT_OURS,
        "您好，感谢您的提问。年度考核由各单位自行组织，不在各部门共同研究的范围内，请向本单位政治部门反映。",
        "",
    ),
)
HELD_KEY = "00000000-0000-4000-8000-00000000a001"
REASON = "该问题反映的罚金重复缴纳情形涉及具体当事人，需要联系提问人核实案号，以便及时纠正。"


def load_waiting(registry: Registry) -> None:
    """Let something wait for the keepers, the reviewers, the administrators and an analyst."""
    people = registry.people
    anonymous = Question.objects.filter(naming=Naming.ANONYMOUS).order_by("number").first()
    if anonymous:
        request_identity(question=anonymous, keeper=people["keeper.correction"], reason=REASON)
    _hold_a_question(registry)
    request_approval(
        kind=ApprovalKind.ROLE,
        account=people["signatory.correction"],
        actor=people["administrator.correction"],
        role=Role.KEEPER,
    )
    _submit_a_case(people["coordinator.court"])
    _assign_work(registry)
    _work_at_the_desk(registry)


def _work_at_the_desk(registry: Registry) -> None:
    """Let an analyst have claimed a question, and two be closed: one asked already, one that is not ours."""
    analyst, colleague = registry.people["analyst.court"], registry.people["analyst.correction"]
    waiting = questions_awaiting_refinement(analyst).order_by("-number").first()
    if waiting:
        claim_question(question=waiting, actor=colleague)
    for text, key, reason, reply, original_key in CLOSED:
        question = _raised(registry, text, key)
        if question and question.status == QuestionStatus.RAISED:
            original = registry.questions[original_key] if original_key else None
            close_question(
                question=question, reason=reason, reply=reply, duplicate_of=original, actor=analyst
            )


def _raised(registry: Registry, text: str, key: str) -> Question | None:
    """Return an anonymous question of a session that takes questions today, if there is one."""
    asker = registry.people["trainee.court"]
    session = next(iter(sessions_open_for_questions(asker)), None)
    if session is None:
        return None
    return raise_question(
        session=session,
        kind=QuestionKind.QUESTION,
        text=text,
        naming=Naming.ANONYMOUS,
        actor=asker,
        submission_key=key,
    )


def _assign_work(registry: Registry) -> None:
    """Let a cluster and a question be late, so that coordinators and analysts see what is overdue."""
    people = registry.people
    cluster = QuestionCluster.objects.open().order_by("number").first()
    if cluster:
        assign(
            subject=cluster,
            what=AssignmentKind.STUDY,
            person=people["analyst.court"],
            due_on=registry.today - datetime.timedelta(days=1),
            note="请在下期培训前提出研究意见。",
            actor=people["analyst.correction"],
        )
    question = questions_awaiting_refinement(people["analyst.correction"]).order_by("number").first()
    if question:
        assign(
            subject=question,
            what=AssignmentKind.REFINE,
            person=people["analyst.correction"],
            due_on=registry.today - datetime.timedelta(days=9),
            actor=people["analyst.court"],
        )


def _submit_a_case(author: User) -> None:
    """Let a changed case wait for the editors in the workflow of cases."""
    case = TypicalCase.objects.order_by("number").last()
    workflow = case.get_workflow() if case else None
    if case and workflow:
        case.save_revision(user=author)
        workflow.start(case, author)


def _hold_a_question(registry: Registry) -> None:
    asker = registry.people["trainee.court"]
    session = next(iter(sessions_open_for_questions(asker)), None)
    if session is None:
        return
    with contextlib.suppress(SubmissionHeld):
        raise_question(
            session=session,
            kind=QuestionKind.QUESTION,
            text=HELD_TEXT,
            naming=Naming.ANONYMOUS,
            actor=asker,
            submission_key=HELD_KEY,
        )
