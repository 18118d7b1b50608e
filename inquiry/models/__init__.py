from inquiry.models.clusters import ClusterMembership, ClusterMerge, QuestionCluster
from inquiry.models.desk_work import QuestionClaim, QuestionClosure
from inquiry.models.dossiers import ClauseSource, Dossier, DossierClause, DossierItem
from inquiry.models.exports import DossierExport
from inquiry.models.held_submissions import HeldSubmission
from inquiry.models.identities import AskerIdentity, IdentityDisclosure, IdentityRequest
from inquiry.models.provisions import ConfirmedCitation, LinkedProvision
from inquiry.models.questions import (
    CategoryMapping,
    Correction,
    Follow,
    MeToo,
    Question,
    QuestionTopic,
    ReceivedAnswer,
)
from inquiry.models.refinements import Refinement

__all__ = [
    "AskerIdentity",
    "CategoryMapping",
    "ClauseSource",
    "ClusterMembership",
    "ClusterMerge",
    "ConfirmedCitation",
    "Correction",
    "Dossier",
    "DossierClause",
    "DossierExport",
    "DossierItem",
    "Follow",
    "HeldSubmission",
    "IdentityDisclosure",
    "IdentityRequest",
    "LinkedProvision",
    "MeToo",
    "Question",
    "QuestionClaim",
    "QuestionClosure",
    "QuestionCluster",
    "QuestionTopic",
    "ReceivedAnswer",
    "Refinement",
]
