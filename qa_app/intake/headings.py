"""The columns each kind of file has, which of them it cannot do without, and the headings councils give them."""

from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """The files a council brings."""

    STAFF = "staff"
    CASES = "cases"
    REGISTER = "register"
    VALUES = "values"
    COMPLAINTS = "complaints"
    TRAINING = "training"
    SUPPORT = "support"


class Field(NamedTuple):
    """One column: what it is called here, what it is called on screen, and the headings it is known by."""

    key: str
    label: str
    spellings: tuple[str, ...]
    required: bool = False


def _field(key: str, label: str, spellings: str = "", *, required: bool = False) -> Field:
    known = (label, *(spelling.strip() for spelling in spellings.split(",") if spelling.strip()))
    return Field(key, label, known, required)


STAFF: Final = (
    _field(
        "employee_id",
        "Employee number",
        "employee id, staff id, staff number, emp id, emp no, payroll number, worker id, personnel number",
        required=True,
    ),
    _field("name", "Name", "full name, employee name, staff name, worker name, display name", required=True),
    _field("email", "Email", "e-mail, email address, work email, mail, user principal name"),
    _field("job_title", "Job title", "job, title, role, position, post, post title, job role"),
    _field("service", "Service", "service area, directorate, division, department", required=True),
    _field("team", "Team", "team name, unit, current team", required=True),
    _field(
        "line_manager",
        "Line manager",
        "line manager id, manager, manager id, line_manager_id, reports to, supervisor, supervisor id",
    ),
    _field("fte", "Full-time equivalent", "fte, whole time equivalent, wte, hours share"),
    _field("active", "Active", "is active, current, employed, in post, current employee"),
)

CASES: Final = (
    _field(
        "reference",
        "Case reference",
        "person id, case id, case number, case ref, child id, client id, client number, lcs id, mosaic id, "
        "liquidlogic id, system id, reference, unique id, child reference, ics id",
        required=True,
    ),
    _field("age", "Age", "age in years, current age, child age"),
    _field("sex", "Sex", "gender, gender code, sex at birth"),
    _field("family_group", "Family group", "family id, family, family reference, sibling group, household id"),
    _field("status", "Case status", "status, open or closed, open/closed, case state"),
    _field("plan_type", "Plan type", "plan, type of plan, case type, category, current plan, cin cp cla"),
    _field("legal_status", "Legal status", "legal, legal order, order, current legal status"),
    _field("team", "Team", "allocated team, team name, case team, current team, responsible team", required=True),
    _field(
        "worker_name", "Allocated worker", "worker, worker name, social worker, case worker, key worker, allocated to"
    ),
    _field("worker_id", "Worker ID", "allocated worker id, worker number, social worker id, employee id, staff id"),
    _field(
        "iro",
        "IRO or chair",
        "iro, iro id, iro name, independent reviewing officer, chair, cp chair, conference chair, reviewing officer",
    ),
    _field(
        "opened_on",
        "Date opened",
        "open date, opened, opened on, start date, case opened, date case opened, referral date, date of referral",
        required=True,
    ),
    _field(
        "last_supervision",
        "Last supervision",
        "last supervision date, date of last supervision, supervision date, last case supervision, latest supervision",
    ),
)

ELEMENTS: Final = (
    ("voice", "Voice", ("voice of the child", "childs voice", "lived experience", "voice and lived experience")),
    ("chronology", "Chronology", ("history", "history and chronology", "chronology grade")),
    ("assessment", "Assessment", ("assessment and risk", "assessment risk and analysis", "risk assessment")),
    ("plan", "Plan", ("planning", "care plan", "plan grade", "childs plan")),
    ("visits", "Direct work", ("visits", "visiting", "visits and direct work", "direct work and visits")),
    ("partnership", "Partnership", ("working together", "multi agency", "partnership working", "multi agency working")),
    ("review", "Review", ("reviews", "review and drift", "iro review", "independent review")),
    ("permanence", "Permanence", ("permanency", "permanence planning", "permanence plan")),
    (
        "supervision",
        "Supervision",
        ("case supervision", "management oversight", "supervision and management oversight", "supervision grade"),
    ),
    ("recording", "Recording", ("case recording", "records", "record keeping", "case recordings")),
    ("impact", "Impact", ("outcomes", "impact and outcomes", "difference made", "outcome for child")),
    ("overall", "Overall", ("overall grade", "overall judgement", "overall judgment", "judgement", "grade")),
)
ELEMENT_KEYS: Final = tuple(key for key, _, _ in ELEMENTS)
CHRONOLOGY: Final = (
    _field("chronology_present", "Chronology present", "chronology on file, is there a chronology, chronology there"),
    _field("chronology_up_to_date", "Chronology up to date", "chronology current, chronology updated"),
    _field(
        "chronology_comprehensive",
        "Chronology comprehensive",
        "chronology complete, chronology covers significant events, chronology significant events",
    ),
    _field("chronology_used", "Chronology used", "chronology informs work, chronology used in assessment"),
)


def _judged_by(stage: str, label: str, forms: tuple[str, ...]) -> tuple[Field, ...]:
    """The twelve elements as one judge's columns; each form is how a council prefixes or suffixes the heading."""
    return tuple(
        Field(
            f"{stage}_{key}",
            f"{label}: {name.lower()}",
            tuple(form.format(spelling) for form in (f"{label}: {{}}", *forms) for spelling in (name, *others)),
            required=(stage, key) == ("auditor", "overall"),
        )
        for key, name, others in ELEMENTS
    )


REGISTER: Final = (
    _field("audit_id", "Audit ID", "audit number, audit ref, audit reference, audit no, record id", required=True),
    _field("month", "Cycle", "month, audit month, cycle month, audit cycle, period, round", required=True),
    Field("case_reference", "Case reference", CASES[0].spellings, required=True),
    _field("plan_type", "Plan type", "type of plan, case type, category"),
    _field("service", "Service", "service area, division"),
    _field("team", "Team", "team audited, allocated team, team name, case team", required=True),
    _field("worker", "Worker", "worker id, allocated worker, social worker, worker audited, case worker"),
    _field("auditor", "Auditor", "auditor name, audited by, completed by, name of auditor, auditor id", required=True),
    _field("auditor_role", "Auditor role", "role, auditor job title, role of auditor, job title"),
    _field(
        "submitted_on",
        "Date submitted",
        "audit date, date of audit, date completed, submitted, submitted on, completed on, date",
    ),
    *_judged_by("auditor", "Auditor", ("{}", "Auditor {}", "Aud {}", "{} (auditor)", "Audit {}")),
    _field("selected_by", "Selected by", "selection, how selected, reason for moderation, selected for moderation"),
    _field("moderator", "Moderator", "moderator name, moderated by, name of moderator, moderator id"),
    _field("moderated_on", "Date moderated", "moderation date, date of moderation, moderated, moderated on"),
    _field("mode", "Moderation type", "moderation mode, type of moderation, blind or sighted, mode, moderation method"),
    *_judged_by(
        "moderator",
        "Moderator",
        ("Mod {}", "Moderator {}", "Moderated {}", "Moderation {}", "{} (moderator)", "{} mod"),
    ),
    *_judged_by("final", "Final", ("Final {}", "Agreed {}", "{} (final)", "{} final", "{} agreed")),
    *CHRONOLOGY,
    _field("strengths", "Strengths", "what is working well, good practice, what works well, positives"),
    _field(
        "improvements",
        "Areas for improvement",
        "improvements, what needs to improve, areas for development, even better if, what are we worried about",
    ),
)

VALUES: Final = (
    _field("measure", "Measure", "indicator, measure name, measure key, performance indicator, kpi", required=True),
    _field("numerator", "Number", "value, numerator, figure, count, actual", required=True),
    _field("denominator", "Out of", "denominator, base, total, out of how many"),
    _field("period_from", "Period from", "from, start, first day, period start, start of period", required=True),
    _field("period_to", "Period to", "to, until, end, last day, period end, end of period", required=True),
    _field("origin", "Source", "from where, data source, origin, provided by", required=True),
    _field("dated", "Date of the source", "date, source date, reported on, as at, date reported", required=True),
)

COMPLAINTS: Final = (
    _field(
        "reference",
        "Reference",
        "complaint reference, complaint id, complaint number, ref, case number, complaint ref, id",
        required=True,
    ),
    _field("kind", "Complaint or compliment", "type, kind, category, contact type"),
    _field("received_on", "Received on", "date received, received, received date", required=True),
    _field("team", "Team", "team name, team complained about, responsible team", required=True),
    _field("theme", "Theme", "subject, reason, main theme"),
    _field("stage", "Stage", "complaint stage, current stage"),
    _field("begun_on", "Stage began on", "stage start, stage began, date of stage, stage received on"),
    _field("extended", "Extended", "time extended, extension, extension agreed"),
    _field("answered_on", "Answered on", "date answered, response date, date of response, closed on"),
    _field("upheld", "Outcome", "upheld, finding, decision"),
    _field("learning", "What is learnt", "learning, lessons learnt, lessons learned, learning identified"),
)

TRAINING: Final = (
    _field(
        "person",
        "Employee number",
        "employee id, staff id, staff number, emp id, emp no, payroll number, person",
        required=True,
    ),
    _field("name", "Name", "full name, employee name, staff name, attendee"),
    _field("kind", "Training", "kind, type, course, training type, kind of training", required=True),
    _field("held_on", "Date", "held on, date held, date of training, training date, completed on", required=True),
    _field("provider", "Given by", "provider, trainer, organisation, delivered by", required=True),
)

SUPPORT: Final = (
    _field("service", "Service", "service area, directorate, division", required=True),
    _field("kind", "What was counted", "kind, type, measure, support, indicator", required=True),
    _field("period_from", "Period from", "from, start, first day, period start, start of period", required=True),
    _field("period_to", "Period to", "to, until, end, last day, period end, end of period", required=True),
    _field("k", "Number", "value, numerator, count, how many, held", required=True),
    _field("n", "Out of", "denominator, base, total, out of how many, due", required=True),
    _field("origin", "Source", "from where, data source, origin, provided by", required=True),
    _field("dated", "Date of the source", "date, source date, reported on, as at, date reported", required=True),
)

FIELDS: Final[dict[Kind, tuple[Field, ...]]] = {
    Kind.STAFF: STAFF, Kind.CASES: CASES, Kind.REGISTER: REGISTER, Kind.VALUES: VALUES, Kind.COMPLAINTS: COMPLAINTS,
    Kind.TRAINING: TRAINING, Kind.SUPPORT: SUPPORT,
}  # fmt: skip
