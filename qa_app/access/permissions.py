"""THE table of rights: the roles, what can be done and who may do it; which rows one sees is scope.py's to say."""

from enum import StrEnum


class Role(StrEnum):
    """A role a person holds because an administrator granted it."""

    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    BOARD = "board"
    HEAD_OF_SERVICE = "head_of_service"
    INFORMATION_GOVERNANCE = "information_governance"
    MODERATOR = "moderator"
    PRACTITIONER = "practitioner"
    QA_LEAD = "qa_lead"

    @property
    def label(self) -> str:
        """The role as people say it."""
        return LABELS[self]


LABELS = {
    Role.ADMINISTRATOR: "Administrator",
    Role.ANALYST: "Data analyst",
    Role.AUDITOR: "Auditor",
    Role.BOARD: "Board reader",
    Role.HEAD_OF_SERVICE: "Head of Service",
    Role.INFORMATION_GOVERNANCE: "Information governance officer",
    Role.MODERATOR: "Moderator",
    Role.PRACTITIONER: "Practitioner",
    Role.QA_LEAD: "QA lead",
}

DUTIES = {
    Role.ADMINISTRATOR: "keeps people, roles and sign-ins; sees no audit",
    Role.ANALYST: "works with figures and rows that name nobody",
    Role.AUDITOR: "audits the case files allocated to them",
    Role.BOARD: "reads published figures of closed months",
    Role.HEAD_OF_SERVICE: "answers for a service: reads its figures and audits",
    Role.INFORMATION_GOVERNANCE: "reviews who opened what",
    Role.MODERATOR: "grades a sample of audits again, blind",
    Role.PRACTITIONER: "works with children: reflects on audits of their own work and carries out actions",
    Role.QA_LEAD: "runs the programme: cases, cycles, sampling, moderation, closing of months",
}

# Roles that one person may not hold together, so that nobody checks their own work or their own rights.
APART = (
    *(frozenset((Role.ADMINISTRATOR, other)) for other in Role if other is not Role.ADMINISTRATOR),
    frozenset((Role.INFORMATION_GOVERNANCE, Role.QA_LEAD)),
)


class Can(StrEnum):
    """What can be done; keep the list in the order of its values."""

    ACCOUNT_MANAGE = "account.manage"  # make, reset and switch off sign-ins
    ACCOUNT_OWN = "account.own"  # sign out, change one's password, the start page, the data notes
    ACTION_CLOSE = "action.close"  # agree that somebody else's action is done, or cancel it
    ACTION_GIVE = "action.give"  # give an action to another owner
    ACTION_OWN = "action.own"  # one's own actions, and saying that they are done
    ALERT_ACKNOWLEDGE = "alert.acknowledge"  # see an alert that a child may not be safe, and answer it
    API_DESCRIBE = "api.describe"  # what the interface for programs offers; it holds no figure
    API_FIGURES = "api.figures"  # measures, months, figures, agreement and themes of the whole council
    API_MANAGE = "api.manage"  # make and revoke tokens of the read-only interface for programs
    API_PLAN = "api.plan"  # the improvement plan and where each of its measures stands
    API_ROWS = "api.rows"  # rows of audits that name nobody
    API_TABLES = "api.tables"  # figures by service and team, small numbers protected
    AUDIT_HAND_BACK = "audit.hand_back"  # give an allocated audit back, with a reason
    AUDIT_READ = "audit.read"  # open a submitted audit that scope lets one see
    AUDIT_RECORD = "audit.record"  # write, autosave and submit one's own audit
    AUDIT_START = "audit.start"  # begin an audit whose case is not drawn; on which tools, access/starting.py says
    AUDIT_WITHDRAW = "audit.withdraw"  # take a wrong audit out after submission, with a reason
    BOARD_READ = "board.read"  # published figures of closed months, small numbers protected; the board pack
    CALIBRATION_RUN = "calibration.run"  # make and reveal exercises, reference grades, guidance; draw self-checks
    CALIBRATION_TAKE = "calibration.take"  # grade what one is asked to grade for practice: exercises and self-checks
    CASE_IMPORT = "case.import"
    CASE_READ = "case.read"  # the list of cases, without their references
    CASE_REVEAL = "case.reveal"  # show a case reference; every reveal is logged
    CHALLENGE_DECIDE = "challenge.decide"  # decide a challenge of final grades one gave none of
    CHALLENGE_RAISE = "challenge.raise"  # see where one's own grades were changed, and challenge it
    CPD_RUN = "cpd.run"  # training sessions, the themes that caused them, and who attended
    CYCLE_READ = "cycle.read"
    CYCLE_RUN = "cycle.run"  # open a month, draw cases, release, accept late work, close
    DEVELOPMENT_OWN = "development.own"  # read and acknowledge guidance; one's own training
    DEVELOPMENT_READ = "development.read"  # who read what and was trained, and support by service
    DEVELOPMENT_RUN = "development.run"  # publish guidance for auditors, record training and support
    EVIDENCE_READ = "evidence.read"  # what was learned, changed and is different for children
    EVIDENCE_WRITE = "evidence.write"
    EXTRACT_READ = "extract.read"  # workbooks of tables and rows that name nobody
    FEED = "feed"  # the calendar of due dates, by its secret address
    FIGURES_OWN = "figures.own"  # one's own agreement with moderators
    FIGURES_READ = "figures.read"  # the dashboard and the scorecard
    FIGURES_TEAM = "figures.team"  # the figures of the teams one manages
    GUIDANCE_READ = "guidance.read"  # what was agreed on how to read each criterion
    HEALTH = "health"
    LETTER_READ = "letter.read"  # the feedback letter of an audit of one's own or one's team's work
    MODERATION_GRADE = "moderation.grade"  # grade again what one was allocated, then agree the final grade
    MODERATION_OVERRIDE = "moderation.override"  # agree, as the second person, to a moderator tied to an audit
    MODERATION_RUN = "moderation.run"  # draw the sample and allocate moderators
    OUTBOX_READ = "outbox.read"  # what was sent, what waits and what failed, without its words
    OUTBOX_RUN = "outbox.run"  # try a mail again, or give it up
    PERSON_IMPORT = "person.import"
    PERSON_READ = "person.read"
    PLAN_EDIT = "plan.edit"  # targets and dates of the improvement plan, with a reason
    PLAN_READ = "plan.read"  # the improvement plan and where each of its measures stands
    PLAN_RECORD = "plan.record"  # values of measures that come from elsewhere
    PRACTICE_ALERT_ANSWER = "practice_alert.answer"  # those one raised or is asked to answer, and what comes of them
    PRACTICE_ALERT_RAISE = "practice_alert.raise"  # an IRO's or chair's alert or dispute, or good practice seen
    QUOTATION_DECIDE = "quotation.decide"  # whether words of children and families are shown more widely
    QUOTA_READ = "quota.read"  # audits done, due, late and excused, by team and role
    REFLECTION_DECIDE = "reflection.decide"  # answer a worker's dispute
    REFLECTION_GIVE = "reflection.give"  # reflect on an audit of one's own work
    REFLECTION_LINK = "reflection.link"  # the same by a link that is used once, without a sign-in
    REGISTER_IMPORT = "register.import"  # bring past audits in, or withdraw a batch of them
    ROLE_GRANT = "role.grant"
    SETTINGS_CHANGE = "settings.change"  # the rules of the programme, with a reason
    SIGN_IN = "sign_in"
    SOURCE_READ = "source.read"  # children's and families' voice, IRO information, complaints and compliments
    SOURCE_RECORD = "source.record"  # enter or import them
    SUMMARY_READ = "summary.read"  # the month in seven minutes
    SUMMARY_WRITE = "summary.write"
    THEME_MANAGE = "theme.manage"  # the one list of themes
    TOOL_MAKE = "tool.make"  # make, preview, publish and archive audit tools


ANYONE = frozenset((Can.API_DESCRIBE, Can.FEED, Can.HEALTH, Can.REFLECTION_LINK, Can.SIGN_IN))
# What a program does with a token that an administrator made for it. No role opens it, and a token opens no more.
BY_TOKEN = frozenset((Can.API_FIGURES, Can.API_PLAN, Can.API_ROWS, Can.API_TABLES))
EVERY_ROLE = frozenset(Role)

WHO: dict[Can, frozenset[Role]] = {
    Can.ACCOUNT_MANAGE: frozenset((Role.ADMINISTRATOR,)),
    Can.ACCOUNT_OWN: EVERY_ROLE,
    Can.ACTION_CLOSE: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.ACTION_GIVE: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.ACTION_OWN: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.PRACTITIONER, Role.QA_LEAD)),
    Can.ALERT_ACKNOWLEDGE: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.API_DESCRIBE: EVERY_ROLE,
    Can.API_FIGURES: frozenset(),
    Can.API_MANAGE: frozenset((Role.ADMINISTRATOR,)),
    Can.API_PLAN: frozenset(),
    Can.API_ROWS: frozenset(),
    Can.API_TABLES: frozenset(),
    Can.AUDIT_HAND_BACK: frozenset((Role.AUDITOR, Role.MODERATOR)),
    Can.AUDIT_READ: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.AUDIT_RECORD: frozenset((Role.AUDITOR, Role.MODERATOR)),
    Can.AUDIT_START: frozenset((Role.AUDITOR, Role.MODERATOR)),
    Can.AUDIT_WITHDRAW: frozenset((Role.QA_LEAD,)),
    Can.BOARD_READ: frozenset((Role.ANALYST, Role.BOARD, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.CALIBRATION_RUN: frozenset((Role.QA_LEAD,)),
    Can.CALIBRATION_TAKE: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.CASE_IMPORT: frozenset((Role.QA_LEAD,)),
    Can.CASE_READ: frozenset((Role.QA_LEAD,)),
    Can.CASE_REVEAL: frozenset((Role.AUDITOR, Role.MODERATOR, Role.QA_LEAD)),
    Can.CHALLENGE_DECIDE: frozenset((Role.MODERATOR,)),
    Can.CHALLENGE_RAISE: frozenset((Role.AUDITOR, Role.MODERATOR)),
    Can.CPD_RUN: frozenset((Role.QA_LEAD,)),
    Can.CYCLE_READ: frozenset((Role.QA_LEAD,)),
    Can.CYCLE_RUN: frozenset((Role.QA_LEAD,)),
    Can.DEVELOPMENT_OWN: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.DEVELOPMENT_READ: frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.DEVELOPMENT_RUN: frozenset((Role.QA_LEAD,)),
    Can.EVIDENCE_READ: frozenset((Role.AUDITOR, Role.BOARD, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.EVIDENCE_WRITE: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.EXTRACT_READ: frozenset((Role.ANALYST, Role.QA_LEAD)),
    Can.FEED: EVERY_ROLE,
    Can.FIGURES_OWN: frozenset((Role.AUDITOR, Role.MODERATOR)),
    Can.FIGURES_READ: frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.FIGURES_TEAM: frozenset((Role.AUDITOR,)),
    Can.GUIDANCE_READ: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.HEALTH: EVERY_ROLE,
    Can.LETTER_READ: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.PRACTITIONER, Role.QA_LEAD)),
    Can.MODERATION_GRADE: frozenset((Role.MODERATOR,)),
    Can.MODERATION_OVERRIDE: frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.MODERATION_RUN: frozenset((Role.QA_LEAD,)),
    Can.OUTBOX_READ: frozenset((Role.ADMINISTRATOR, Role.QA_LEAD)),
    Can.OUTBOX_RUN: frozenset((Role.ADMINISTRATOR,)),
    Can.PERSON_IMPORT: frozenset((Role.ADMINISTRATOR,)),
    Can.PERSON_READ: frozenset((Role.ADMINISTRATOR, Role.QA_LEAD)),
    Can.PLAN_EDIT: frozenset((Role.QA_LEAD,)),
    Can.PLAN_READ: frozenset((Role.ANALYST, Role.BOARD, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.PLAN_RECORD: frozenset((Role.ANALYST, Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.PRACTICE_ALERT_ANSWER: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.PRACTICE_ALERT_RAISE: frozenset((Role.AUDITOR, Role.MODERATOR, Role.QA_LEAD)),
    Can.QUOTATION_DECIDE: frozenset((Role.AUDITOR, Role.QA_LEAD)),
    Can.QUOTA_READ: frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.REFLECTION_DECIDE: frozenset((Role.QA_LEAD,)),
    Can.REFLECTION_GIVE: frozenset((Role.AUDITOR, Role.MODERATOR, Role.PRACTITIONER)),
    Can.REFLECTION_LINK: EVERY_ROLE,
    Can.REGISTER_IMPORT: frozenset((Role.QA_LEAD,)),
    Can.ROLE_GRANT: frozenset((Role.ADMINISTRATOR,)),
    Can.SETTINGS_CHANGE: frozenset((Role.QA_LEAD,)),
    Can.SIGN_IN: EVERY_ROLE,
    Can.SOURCE_READ: frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.SOURCE_RECORD: frozenset((Role.QA_LEAD,)),
    Can.SUMMARY_READ: EVERY_ROLE,
    Can.SUMMARY_WRITE: frozenset((Role.QA_LEAD,)),
    Can.THEME_MANAGE: frozenset((Role.QA_LEAD,)),
    Can.TOOL_MAKE: frozenset((Role.QA_LEAD,)),
}

# What only reads; a route that changes something may not name one of these.
READS = frozenset(
    (
        Can.API_DESCRIBE, *BY_TOKEN,
        Can.AUDIT_READ, Can.BOARD_READ, Can.CASE_READ, Can.CYCLE_READ, Can.DEVELOPMENT_READ, Can.EVIDENCE_READ,
        Can.EXTRACT_READ, Can.FEED, Can.FIGURES_OWN, Can.FIGURES_READ, Can.GUIDANCE_READ, Can.HEALTH,
        Can.LETTER_READ, Can.OUTBOX_READ, Can.PERSON_READ, Can.PLAN_READ, Can.QUOTA_READ, Can.SOURCE_READ,
        Can.SUMMARY_READ,
    )
)  # fmt: skip


def may(roles: frozenset[Role], can: Can) -> bool:
    """Whether somebody with these roles may do this; what the table does not say is refused."""
    return can in ANYONE or bool(roles & WHO.get(can, frozenset()))
