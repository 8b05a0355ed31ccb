"""The table of settings: what the QA lead can change, its default and its bounds."""

from dataclasses import dataclass
from typing import Any


class UnfitValueError(ValueError):
    """A setting was given a value it cannot have; the message says which values it takes."""


@dataclass(frozen=True)
class Choice:
    """One setting: a whole number between bounds, or one of a few words."""

    key: str
    label: str
    hint: str
    default: int | str
    lowest: int = 0
    highest: int = 0
    words: tuple[tuple[str, str], ...] = ()

    @property
    def takes(self) -> str:
        """The values it takes, in words."""
        if self.words:
            return " or ".join(label for _, label in self.words)
        return f"{self.lowest} to {self.highest}"

    def said(self, value: Any) -> str:
        """One of its values as people read it."""
        return dict(self.words).get(value, str(value)) if self.words else str(value)

    def check(self, value: Any) -> int | str:
        """The value as it is kept.

        Raises:
            UnfitValueError: it is not one this setting takes.
        """
        if self.words:
            if value not in [word for word, _ in self.words]:
                raise UnfitValueError(f"{self.label}: choose {' or '.join(label for _, label in self.words)}.")
            return str(value)
        text = str(value).strip()
        if not text.isdecimal() or len(text) > 9 or not self.lowest <= int(text) <= self.highest:
            raise UnfitValueError(f"{self.label}: enter a whole number from {self.lowest} to {self.highest}.")
        return int(text)


EACH = "Can be changed for a person in a cycle."
DAYS = "Counted from the month’s first working day on, into the next month where need be."
AFTER = "Working days after the day it was due."
CLOCK = "Counted from the day after the stage begins."
OFF_ON = (("off", "Off"), ("on", "On"))

SETTINGS = {
    choice.key: choice
    for choice in (
        Choice("expected_audits", "Audits expected of each manager a month", EACH, 1, 0, 20),
        Choice("expected_iro", "Audits expected of each IRO or chair a month", EACH, 1, 0, 20),
        Choice("expected_other", "Audits expected of each other auditor a month", EACH, 1, 0, 20),
        Choice("drawn_working_day", "Cases are drawn: working days before the month", "", 5, 0, 20),
        Choice("told_working_day", "Auditors are told: working day of the month", "", 1, 1, 20),
        Choice("reminder_working_day", "Reminder: working day of the month", DAYS, 10, 1, 40),
        Choice("due_working_day", "Audits are due: working day of the month", DAYS, 15, 1, 40),
        Choice("late_working_day", "Auditors are told they are late: working day of the month", DAYS, 16, 1, 40),
        Choice("manager_working_day", "Line managers are told who is late: working day", DAYS, 18, 1, 40),
        Choice("head_working_day", "Heads of Service are told how many are late: working day", DAYS, 20, 1, 40),
        Choice("moderation_begins_working_day", "Moderation begins: working day of the month", DAYS, 15, 1, 40),
        Choice("moderation_ends_working_day", "Moderation ends: working day of the month", DAYS, 20, 1, 40),
        Choice("resolved_working_days", "Disagreements are resolved: working days after moderation", "", 5, 0, 20),
        Choice(
            "challenge_days",
            "Working days in which an auditor may challenge final grades",
            "Counted from the day after they are agreed. Somebody who gave none of the grades decides.",
            10,
            1,
            60,
        ),
        Choice("close_working_day", "The month closes: working day of the month", DAYS, 25, 1, 60),
        Choice("action_owner_day", "Overdue action: the owner is told", AFTER, 1, 1, 60),
        Choice("action_manager_day", "Overdue action: the line manager is told", AFTER, 3, 1, 60),
        Choice("action_service_day", "Overdue action: the service manager is told", AFTER, 5, 1, 60),
        Choice("action_head_day", "Overdue action: the Head of Service is told", AFTER, 10, 1, 60),
        Choice("reaudit_from_weeks", "Re-audit after an inadequate audit: not before, in weeks", "", 6, 1, 52),
        Choice("reaudit_to_weeks", "Re-audit after an inadequate audit: at the latest, in weeks", "", 8, 1, 52),
        Choice(
            "closed_within_days",
            "Closure audits: cases closed in the last days",
            "By the day the case list says so.",
            60,
            1,
            366,
        ),
        Choice(
            "started_due_days",
            "Working days after a month by which started audits are due",
            "For tools whose audits are started rather than drawn.",
            10,
            0,
            60,
        ),
        Choice(
            "audited_within_months",
            "Leave out children audited in the last months",
            "Counted in cycle months.",
            12,
            0,
            36,
        ),
        Choice(
            "new_auditor_audits",
            "Auditors are new for their first audits: how many",
            "Where a sampling plan draws more of new auditors' audits.",
            3,
            1,
            20,
        ),
        Choice(
            "pair_most",
            "Times a moderator may be given the same auditor’s audits in twelve months",
            "Two people who always judge together come to judge alike.",
            6,
            1,
            99,
        ),
        Choice(
            "auditor_hidden",
            "Hide the auditor’s name from the moderator until they have graded",
            "Their grades, words and actions are always hidden.",
            "on",
            words=OFF_ON,
        ),
        Choice(
            "supervision_gap",
            "A month without a supervision judgement",
            "Whether it ends the run of months.",
            "break",
            words=(("break", "Ends the run"), ("hold", "Holds the run")),
        ),
        Choice(
            "supervision_least",
            "Fewest supervision judgements a month may have",
            "Below it the month is 'too few'.",
            1,
            1,
            50,
        ),
        Choice(
            "supervision_unseen",
            "Not enough evidence of supervision or chronology",
            "An unrecorded supervision is a finding.",
            "not_good",
            words=(("not_good", "Counts as not good"), ("left_out", "Is left out")),
        ),
        Choice(
            "least_said",
            "Mentions of a theme from which a source points somewhere",
            "Fewer are too little to say. For audits’ grades: so many grades.",
            5,
            1,
            50,
        ),
        Choice(
            "digest_hour",
            "Send the day's reminders from this hour",
            "On working days, at most one mail a person and day. Alerts and links do not wait for it.",
            7,
            0,
            23,
        ),
        Choice(
            "untouched_days",
            "Remind of a draft nobody has written in for this many days",
            "",
            5,
            1,
            60,
        ),
        Choice(
            "demographics",
            "Ask for sex, ethnicity group, disability and language",
            "Only where your data protection officer agrees.",
            "off",
            words=OFF_ON,
        ),
        Choice(
            "alert_hours",
            "Tell again of an alert nobody has acknowledged, after this many hours",
            "Each time it also goes one level further up.",
            2,
            1,
            72,
        ),
        Choice(
            "dispute_days",
            "Working days to answer a worker who disputes an audit",
            "Counted from the day after the reflection is given.",
            10,
            1,
            60,
        ),
        Choice(
            "practice_alert_days",
            "Working days to answer a practice alert or dispute at each stage",
            "Counted from the day after it is raised or moved up.",
            5,
            1,
            60,
        ),
        Choice(
            "dispute_whole_days",
            "Working days to resolve a dispute, all its stages together",
            "Counted from the day after it is raised.",
            20,
            1,
            120,
        ),
        Choice("complaint_one_days", "Complaint, stage 1: working days to answer", CLOCK, 10, 1, 60),
        Choice("complaint_one_longest", "Complaint, stage 1: working days where it is extended", CLOCK, 20, 1, 60),
        Choice("complaint_two_days", "Complaint, stage 2: working days to answer", CLOCK, 25, 1, 90),
        Choice("complaint_two_longest", "Complaint, stage 2: working days where it is extended", CLOCK, 65, 1, 120),
        Choice("complaint_three_days", "Complaint, stage 3: working days to hold the panel", CLOCK, 30, 1, 120),
        Choice(
            "link_days",
            "Days a link to a reflection works",
            "For workers without a sign-in. A link is used once; a new one can be asked for.",
            14,
            1,
            60,
        ),
        Choice(
            "pass_hours",
            "Hours a worker may go on after using a link",
            "After that a new link is needed. What was written is kept.",
            12,
            1,
            72,
        ),
        Choice(
            "self_checks_a_year",
            "Self-checks asked of each auditor in a year, at most",
            "They grade an audit of their own again, blind. 0 asks nobody.",
            0,
            0,
            12,
        ),
        Choice(
            "self_check_months",
            "A self-check takes an audit of about this many months ago",
            "A month more or less will do.",
            6,
            2,
            24,
        ),
        Choice(
            "token_days",
            "Days a token for a program is good for, unless told otherwise",
            "An administrator makes tokens for the council's own programs. None is good for more than a year.",
            90,
            1,
            365,
        ),
        Choice(
            "guidance_first",
            "Somebody who has not said that they read the guidance",
            "Of auditing in general and of the tool. An audit they have begun already goes on.",
            "may",
            words=(("may", "May begin an audit, and is told"), ("must", "Has to read it before they begin an audit")),
        ),
        Choice(
            "training_months",
            "Training of auditors and moderators holds for this many months",
            "After that it is shown as to be renewed. 0 holds for good.",
            24,
            0,
            120,
        ),
        Choice(
            "smallest_shown",
            "Hide counts up to this number outside the service",
            "For figures of single services and teams that go to the board, to other services or outside. Others are "
            "hidden with them, so that nobody can work them out. Tables published before are made anew. "
            "0 shows everything.",
            5,
            0,
            10,
        ),
    )
}
