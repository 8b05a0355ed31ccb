"""The tables: one noun a file; columns, constraints and relationships, and no verbs."""

from qa_app.models.audit import Answers, Audit, Draft
from qa_app.models.base import Base
from qa_app.models.batch import Batch, ColumnMapping, Setting, Upload
from qa_app.models.case import Case
from qa_app.models.cycle import Cycle, Expectation, Snapshot
from qa_app.models.event import Event
from qa_app.models.judgement import CountedAnswer, Judgement
from qa_app.models.moderation import Difference, Draw, FrameMember, Moderation
from qa_app.models.person import Account, Person, RoleGrant, Service, Team
from qa_app.models.sign_in import AccessEntry, SignInAttempt, SignInSession

__all__ = [
    "AccessEntry",
    "Account",
    "Answers",
    "Audit",
    "Base",
    "Batch",
    "Case",
    "ColumnMapping",
    "CountedAnswer",
    "Cycle",
    "Difference",
    "Draft",
    "Draw",
    "Event",
    "Expectation",
    "FrameMember",
    "Judgement",
    "Moderation",
    "Person",
    "RoleGrant",
    "Service",
    "Setting",
    "SignInAttempt",
    "SignInSession",
    "Snapshot",
    "Team",
    "Upload",
]
