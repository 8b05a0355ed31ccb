"""The tables: one noun a file; columns, constraints and relationships, and no verbs."""

from qa_app.models.absence import Absence
from qa_app.models.action import Action, ActionLink, ActionStep, Reaudit
from qa_app.models.alert import Alert, AlertRecipient
from qa_app.models.audit import Answers, Audit, AuditChild, Draft, DraftAside, RestrictedAnswers
from qa_app.models.base import Base
from qa_app.models.batch import Batch, ColumnMapping, Setting, Upload
from qa_app.models.calibration import (
    Calibration,
    CalibrationFile,
    CalibrationGrade,
    CalibrationNote,
    CalibrationReference,
    CalibrationTaker,
)
from qa_app.models.case import Case
from qa_app.models.challenge import Challenge, ChallengePoint, ChallengeRuling
from qa_app.models.complaint import Complaint, ComplaintStep
from qa_app.models.cpd import CpdAttendance, CpdEvidence, CpdSession, CpdTheme
from qa_app.models.cycle import Cycle, CycleStep, Expectation, Snapshot, Step
from qa_app.models.document import Acknowledgement, Document, DocumentDraft, DocumentVersion
from qa_app.models.event import Event
from qa_app.models.evidence import Evidence, EvidenceVersion
from qa_app.models.guidance import Guidance
from qa_app.models.independence import ModeChoice, ModerationReturn, Override
from qa_app.models.judgement import CountedAnswer, Judgement
from qa_app.models.moderation import Difference, Draw, FrameMember, LeftOut, Moderation
from qa_app.models.once import OnceKey
from qa_app.models.outbox import CalendarFeed, DueJob, Mail, MailChoice, Message
from qa_app.models.person import Account, Person, RoleGrant, Service, Team
from qa_app.models.plan import PlanAction, PlanDate, PlanMeasure, PlanTarget, RecordedValue
from qa_app.models.practice_alert import PracticeAlert, PracticeAlertStep
from qa_app.models.protected import ProtectedPeriod
from qa_app.models.quotation import QuotationRuling
from qa_app.models.reading import Reading, ReadingGrade
from qa_app.models.reflection import Reflection
from qa_app.models.sampling_plan import SamplingPlan, Supplement, SupplementMember
from qa_app.models.sign_in import AccessEntry, SignInAttempt, SignInSession
from qa_app.models.summary import SummaryVersion
from qa_app.models.support import SupportCount
from qa_app.models.tally import MonthMark, Tally
from qa_app.models.theme import Theme
from qa_app.models.token import ApiToken, TokenRefusal
from qa_app.models.tool import StoredTool
from qa_app.models.training import Training

__all__ = [
    "Absence",
    "AccessEntry",
    "Account",
    "Acknowledgement",
    "Action",
    "ActionLink",
    "ActionStep",
    "Alert",
    "AlertRecipient",
    "Answers",
    "ApiToken",
    "Audit",
    "AuditChild",
    "Base",
    "Batch",
    "CalendarFeed",
    "Calibration",
    "CalibrationFile",
    "CalibrationGrade",
    "CalibrationNote",
    "CalibrationReference",
    "CalibrationTaker",
    "Case",
    "Challenge",
    "ChallengePoint",
    "ChallengeRuling",
    "ColumnMapping",
    "Complaint",
    "ComplaintStep",
    "CountedAnswer",
    "CpdAttendance",
    "CpdEvidence",
    "CpdSession",
    "CpdTheme",
    "Cycle",
    "CycleStep",
    "Difference",
    "Document",
    "DocumentDraft",
    "DocumentVersion",
    "Draft",
    "DraftAside",
    "Draw",
    "DueJob",
    "Event",
    "Evidence",
    "EvidenceVersion",
    "Expectation",
    "FrameMember",
    "Guidance",
    "Judgement",
    "LeftOut",
    "Mail",
    "MailChoice",
    "Message",
    "ModeChoice",
    "Moderation",
    "ModerationReturn",
    "MonthMark",
    "OnceKey",
    "Override",
    "Person",
    "PlanAction",
    "PlanDate",
    "PlanMeasure",
    "PlanTarget",
    "PracticeAlert",
    "PracticeAlertStep",
    "ProtectedPeriod",
    "QuotationRuling",
    "Reading",
    "ReadingGrade",
    "Reaudit",
    "RecordedValue",
    "Reflection",
    "RestrictedAnswers",
    "RoleGrant",
    "SamplingPlan",
    "Service",
    "Setting",
    "SignInAttempt",
    "SignInSession",
    "Snapshot",
    "Step",
    "StoredTool",
    "SummaryVersion",
    "Supplement",
    "SupplementMember",
    "SupportCount",
    "Tally",
    "Team",
    "Theme",
    "TokenRefusal",
    "Training",
    "Upload",
]
