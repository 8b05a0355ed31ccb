"""The sentences that go into mails, one for each kind of message. None names a child, a case or a grade."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """A message in words: `text` with the names of its details in braces, and the address it leads to."""

    text: str
    path: str = ""


# kind -> sentence; `services/outbox.py` queues a message by its kind. Keep the list in the order of its keys.
SENTENCES: Final[Mapping[str, Sentence]] = {
    "absence.cover": Sentence("You cover for somebody who is away from {first} to {last}.", "/audits"),
    "absence.said": Sentence("Somebody says that they will be away. Confirm it.", "/absences/{absence}"),
    "action.due_changed": Sentence("An action of yours has another date: {due}.", "/actions/{action}"),
    "action.flagged": Sentence(
        "The audit an action came from reads differently now. See how it stands.", "/actions/{action}"
    ),
    "action.given": Sentence("An action from an audit is yours, due {due}.", "/actions/{action}"),
    "action.sent_back": Sentence("An action of yours was sent back. Read what is missing.", "/actions/{action}"),
    "action.taken": Sentence("An action was given to somebody else. You need do nothing more on it.", "/actions"),
    "action.to_check": Sentence("An action is said to be done and waits for you to check it.", "/actions/{action}"),
    "actions.overdue": Sentence("Overdue, and yours to do: {actions}.", "/actions?whose=mine"),
    "actions.overdue_line": Sentence("Overdue in your line: {actions}.", "/actions?whose=line&overdue=yes"),
    "alert.raised": Sentence(
        "Audit {reference}: somebody who read the record is not sure that the child is safe today. "
        "Open the alert, phone them, and acknowledge it.",
        "/alerts/{alert}",
    ),
    "alert.waits": Sentence(
        "Audit {reference}: nobody has acknowledged the alert about a child’s safety yet. "
        "Open the alert, phone the person who raised it, and acknowledge it.",
        "/alerts/{alert}",
    ),
    "audit.given": Sentence("An audit was given to you: {reference}, due {due}.", "/audits/{audit}/record"),
    "audit.handed_back": Sentence("{reference} was handed back. Draw a replacement.", "/cycles/{cycle}"),
    "audit.handed_back_again": Sentence(
        "{reference}, a re-audit, was handed back. Give it to another auditor.", "/re-audits"
    ),
    "audit.handed_back_started": Sentence("{reference} was handed back. Nothing is drawn in its place.", ""),
    "audit.taken": Sentence("{reference} was given to somebody else. You need do nothing more on it.", "/audits"),
    "audits.cover_late": Sentence("Late since {due}: {audits} of {month} of somebody you cover for.", "/audits"),
    "audits.cover_reminder": Sentence("Due {due}: {audits} of {month} of somebody you cover for.", "/audits"),
    "audits.late": Sentence("Late since {due}: {audits} of {month}.", "/audits"),
    "audits.released": Sentence("{audits} of {month} on your list, due {due}.", "/audits"),
    "audits.reminder": Sentence("Due {due}: {audits} of {month} on your list.", "/audits"),
    "audits.service_late": Sentence("In your service {audits} of {month} were due {due} and are not done.", "/quota"),
    "audits.team_late": Sentence("People you manage have not done {audits} of {month}, due {due}.", "/audits"),
    "calibration.asked": Sentence(
        "You are asked to grade in a calibration exercise, until {until}.", "/calibrations/{calibration}"
    ),
    "calibration.called_off": Sentence(
        "A calibration exercise is called off. You need do nothing more on it.", "/calibrations/{calibration}"
    ),
    "calibration.moved": Sentence(
        "You have longer to grade in a calibration exercise: until {until}.", "/calibrations/{calibration}"
    ),
    "calibration.revealed": Sentence(
        "The grades of a calibration exercise are revealed. Read how you all graded.", "/calibrations/{calibration}"
    ),
    "challenge.decided": Sentence(
        "The challenge of the final grades of audit {reference} is decided.", "/audits/{audit}"
    ),
    "challenge.raised": Sentence(
        "The auditor challenges final grades of audit {reference}. Somebody else decides; you need do nothing.",
        "/audits/{audit}",
    ),
    "challenge.to_decide": Sentence(
        "An auditor challenges the final grades of audit {reference}. Decide it.", "/challenges/{challenge}"
    ),
    "challenge.without": Sentence(
        "An auditor challenges the final grades of audit {reference}, and no moderator is independent of it. "
        "Give it to somebody to decide.",
        "/challenges/{challenge}/give",
    ),
    "document.published": Sentence(
        "There is new guidance for auditors or moderators. Read it, and say that you have.", "/documents/{document}"
    ),
    "letter.ready": Sentence("The feedback letter of audit {reference} is ready to read.", "{path}"),
    "letter.ready_by_link": Sentence(
        "The feedback letter of audit {reference} of your work is ready. Ask for a link to read it.", "{path}"
    ),
    "moderation.handed_back": Sentence(
        "The moderation of audit {reference} was handed back. See who has it now.", "/cycles/{cycle}/sample"
    ),
    "override.asked": Sentence(
        "Somebody tied to audit {reference} is to moderate it. Agree or refuse as the second person.",
        "/overrides/{override}",
    ),
    "practice_alert.answered": Sentence("A practice alert you raised is answered.", "/practice-alerts/{alert}"),
    "practice_alert.good": Sentence("A reviewing officer or chair saw good practice.", "/practice-alerts/{alert}"),
    "practice_alert.moved": Sentence(
        "A practice alert moved up a stage and is yours to answer, due {due}.", "/practice-alerts/{alert}"
    ),
    "practice_alert.raised": Sentence(
        "A reviewing officer or chair asks you to answer a practice alert, due {due}.", "/practice-alerts/{alert}"
    ),
    "practice_alert.resolved": Sentence("A practice alert you answered is resolved.", "/practice-alerts/{alert}"),
    "reading.asked": Sentence("You are asked to grade audit {reference} as a third reader.", "/readings/{reading}"),
    "reading.given": Sentence(
        "The third reader has graded audit {reference}. Agree the final grades.", "/moderations/{moderation}/agreement"
    ),
    "reading.without": Sentence(
        "Audit {reference} needs a third reader, and no moderator is independent of it. Give it to somebody.",
        "/readings/{reading}/give",
    ),
    "reflection.asked": Sentence(
        "Your work was audited ({reference}). Read what was found and say how you see it.", "/reflections/{reflection}"
    ),
    "reflection.decided": Sentence(
        "The QA lead has answered what you said about audit {reference}.", "/reflections/{reflection}"
    ),
    "reflection.decided_by_link": Sentence(
        "The QA lead has answered what you said about audit {reference}. Ask for a link to read it.",
        "/reflection/{reflection}",
    ),
    "reflection.disputed": Sentence(
        "A worker sees audit {reference} differently. Answer by {by}.", "/disputes/{reflection}"
    ),
    "reflection.given": Sentence("The worker has given their reflection on audit {reference}.", "/audits/{audit}"),
    "reflection.link": Sentence(
        "Your work was audited ({reference}). Read what was found and say how you see it. The link works once, for "
        "{days} days.",
        "/reflection/link/{token}",
    ),
    "self_check.asked": Sentence(
        "You are asked to grade an audit of your own again, without looking at it.", "/self-checks/{reading}"
    ),
    "self_check.given": Sentence("A self-check is given. Read how it turned out.", "/self-checks/{reading}"),
    "waiting.action_due": Sentence("Action {number} of audit {reference} is due {due}.", "/actions/{action}"),
    "waiting.action_late": Sentence("Action {number} of audit {reference} was due {due}.", "/actions/{action}"),
    "waiting.agree": Sentence("{moderations} to be agreed with the auditor.", "/moderations"),
    "waiting.alerts": Sentence("{alerts} to be acknowledged: a child may not be safe.", "/alerts"),
    "waiting.audit_due": Sentence("Audit {reference} is due {due}.", "/audits/{audit}/record"),
    "waiting.audit_late": Sentence(
        "Audit {reference} was due {due}. Submit it, or hand it back with a reason.", "/audits/{audit}/record"
    ),
    "waiting.challenges": Sentence("{challenges} for your decision.", "/challenges"),
    "waiting.challenges_without": Sentence("{challenges} for somebody to decide.", "/challenges/all"),
    "waiting.disputes": Sentence("{disputes} for your answer.", "/disputes"),
    "waiting.documents": Sentence("{documents}: read it, and say that you have.", "/documents"),
    "waiting.draft": Sentence(
        "You last wrote in audit {reference} on {saved}. Go on where you stopped.", "/audits/{audit}/record"
    ),
    "waiting.exercise_due": Sentence(
        "A calibration exercise is to be graded: its last day is {due}.", "/calibrations/{calibration}"
    ),
    "waiting.exercise_late": Sentence(
        "A calibration exercise waits for your grades: its last day was {due}.", "/calibrations/{calibration}"
    ),
    "waiting.grade": Sentence("{moderations} for your grades.", "/moderations"),
    "waiting.practice_alert_due": Sentence(
        "A practice alert waits for your answer, due {due}.", "/practice-alerts/{alert}"
    ),
    "waiting.practice_alert_late": Sentence(
        "A practice alert was to be answered by you {due}.", "/practice-alerts/{alert}"
    ),
    "waiting.quotations": Sentence("{quotations} for your decision: words of children and families.", "/quotations"),
    "waiting.read": Sentence("Read {reference} as a third reader.", "/readings/{reading}"),
    "waiting.self_check": Sentence("A self-check waits: grade an audit of your own again.", "/self-checks/{reading}"),
}


def words(kind: str, detail: Mapping[str, str | int]) -> Sentence:
    """A message in words, with its details filled in.

    Raises:
        KeyError: no message is of this kind, or it lacks one of the details its sentence needs.
    """
    sentence = SENTENCES[kind]
    return Sentence(sentence.text.format_map(detail), sentence.path.format_map(detail))
