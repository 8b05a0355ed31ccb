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
    AUDIT_HAND_BACK = "audit.hand_back"  # give an allocated audit back, with a reason
    AUDIT_READ = "audit.read"  # open a submitted audit that scope lets one see
    AUDIT_RECORD = "audit.record"  # write, autosave and submit one's own audit
    AUDIT_WITHDRAW = "audit.withdraw"  # take a wrong audit out after submission, with a reason
    CASE_IMPORT = "case.import"
    CASE_READ = "case.read"  # the list of cases, without their references
    CASE_REVEAL = "case.reveal"  # show a case reference; every reveal is logged
    CYCLE_READ = "cycle.read"
    CYCLE_RUN = "cycle.run"  # open a month, draw cases, release, accept late work, close
    FIGURES_OWN = "figures.own"  # one's own agreement with moderators
    FIGURES_READ = "figures.read"  # the dashboard and the scorecard
    HEALTH = "health"
    MODERATION_GRADE = "moderation.grade"  # grade again what one was allocated, then agree the final grade
    MODERATION_RUN = "moderation.run"  # draw the sample and allocate moderators
    PERSON_IMPORT = "person.import"
    PERSON_READ = "person.read"
    REGISTER_IMPORT = "register.import"  # bring past audits in, or withdraw a batch of them
    ROLE_GRANT = "role.grant"
    SETTINGS_CHANGE = "settings.change"  # the rules of the programme, with a reason
    SIGN_IN = "sign_in"


ANYONE = frozenset((Can.HEALTH, Can.SIGN_IN))
EVERY_ROLE = frozenset(Role)

WHO: dict[Can, frozenset[Role]] = {
    Can.ACCOUNT_MANAGE: frozenset((Role.ADMINISTRATOR,)),
    Can.ACCOUNT_OWN: EVERY_ROLE,
    Can.AUDIT_HAND_BACK: frozenset((Role.AUDITOR,)),
    Can.AUDIT_READ: frozenset((Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD)),
    Can.AUDIT_RECORD: frozenset((Role.AUDITOR,)),
    Can.AUDIT_WITHDRAW: frozenset((Role.QA_LEAD,)),
    Can.CASE_IMPORT: frozenset((Role.QA_LEAD,)),
    Can.CASE_READ: frozenset((Role.QA_LEAD,)),
    Can.CASE_REVEAL: frozenset((Role.AUDITOR, Role.MODERATOR, Role.QA_LEAD)),
    Can.CYCLE_READ: frozenset((Role.QA_LEAD,)),
    Can.CYCLE_RUN: frozenset((Role.QA_LEAD,)),
    Can.FIGURES_OWN: frozenset((Role.AUDITOR, Role.MODERATOR)),
    Can.FIGURES_READ: frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD)),
    Can.HEALTH: EVERY_ROLE,
    Can.MODERATION_GRADE: frozenset((Role.MODERATOR,)),
    Can.MODERATION_RUN: frozenset((Role.QA_LEAD,)),
    Can.PERSON_IMPORT: frozenset((Role.ADMINISTRATOR,)),
    Can.PERSON_READ: frozenset((Role.ADMINISTRATOR, Role.QA_LEAD)),
    Can.REGISTER_IMPORT: frozenset((Role.QA_LEAD,)),
    Can.ROLE_GRANT: frozenset((Role.ADMINISTRATOR,)),
    Can.SETTINGS_CHANGE: frozenset((Role.QA_LEAD,)),
    Can.SIGN_IN: EVERY_ROLE,
}

# What only reads; a route that changes something may not name one of these.
READS = frozenset(
    (Can.AUDIT_READ, Can.CASE_READ, Can.CYCLE_READ, Can.FIGURES_OWN, Can.FIGURES_READ, Can.HEALTH, Can.PERSON_READ)
)


def may(roles: frozenset[Role], can: Can) -> bool:
    """Whether somebody with these roles may do this; what the table does not say is refused."""
    return can in ANYONE or bool(roles & WHO.get(can, frozenset()))
