"""The shape of an audit tool: sections of questions, and the elements that are graded."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from audit_forms.actions import Action
from audit_forms.grades import Grade, Judged, NotGraded

Value: TypeAlias = str | int | datetime.date | tuple[str, ...] | tuple[Action, ...] | Judged | None
"""An answer as the program handles it; None is no answer. Stored forms are the business of the question kinds."""


class About(StrEnum):
    """Whom an audit on a tool is about."""

    CHILD = "child"
    STAFF = "staff"


class Cases(StrEnum):
    """How audits on a tool come about: their cases are drawn for a month, or auditors start them when they need one."""

    DRAWN = "drawn"
    STARTED = "started"


class Independence(StrEnum):
    """Who may not do an audit on a tool; the ties themselves are the business of `moderation.independence`."""

    INDEPENDENT = "independent"  # nobody with any tie to the child's case; of staff, nobody in their team or line
    NOT_WORKER = "not_worker"  # not the allocated worker
    NOT_LINE = "not_line"  # not the worker, their managers or their team; the child's reviewing officer may
    NOT_SUBJECT = "not_subject"  # not the member of staff themselves, nor somebody who reports to them
    NOT_SUPERVISOR = "not_supervisor"  # as NOT_SUBJECT, and not the one who supervises them


class Face(StrEnum):
    """The picture that stands beside a choice, for those who read faces more easily than words."""

    SMILE = "smile"
    STRAIGHT = "straight"
    FROWN = "frown"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers a question offers; `face` is one of Face, or empty."""

    code: str
    label: str
    hint: str = ""
    face: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked or must be answered: its `key` question has one of these codes.

    `otherwise`: has none of them. A question that must be answered under a condition that is not `otherwise` is asked
    only once the condition holds.
    """

    key: str
    codes: tuple[str, ...]
    otherwise: bool = False

    def holds(self, answers: Mapping[str, Value]) -> bool:
        answer = answers.get(self.key)
        given = answer if isinstance(answer, tuple) else (answer,)
        return any(code in self.codes for code in given) is not self.otherwise


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked.

    `words` or `characters` limit a text, `least` and `most` a number; `ends` says what the ends of a scale from
    `least` to `most` mean. `when` says in words when it is asked, where that hangs on `asked_if` or
    `required_if`. `measure` names
    the figure the answer feeds. `allow` lists the ways of not grading that a grade question offers, `descriptors` what
    each grade means there. `elements` are the graded parts that the actions of a list may answer, where the list
    belongs to none. `missing` is said when it must be answered and is not.
    """

    key: str
    kind: str
    label: str
    hint: str = ""
    required: bool = False
    required_if: Condition | None = None
    asked_if: Condition | None = None
    when: str = ""
    missing: str = ""
    choices: tuple[Choice, ...] = ()
    words: int | None = None
    characters: int | None = None
    least: int = 0
    most: int = 9_999
    ends: tuple[str, ...] = ()
    measure: str | None = None
    demographic: bool = False
    allow: tuple[NotGraded, ...] = ()
    descriptors: tuple[tuple[Grade, str], ...] = ()
    elements: tuple[Choice, ...] = ()

    @property
    def follows(self) -> Condition | None:
        """The condition without which it is not asked at all; None where it may always be answered."""
        if self.asked_if is not None:
            return self.asked_if
        return None if self.required_if is None or self.required_if.otherwise else self.required_if

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The answers it hangs on, to be asked at all or to be required."""
        return tuple(one for one in (self.asked_if, self.required_if) if one is not None)

    def is_needed(self, answers: Mapping[str, Value]) -> bool:
        """Whether it must be answered. A question that is required, but asked only if, is needed only then."""
        if self.asked_if is not None and not self.asked_if.holds(answers):
            return False
        return self.required or (self.required_if is not None and self.required_if.holds(answers))


@dataclass(frozen=True, slots=True)
class Element:
    """A part of practice that is graded; its key is the key of its grade question.

    `limiting`: when it is inadequate the overall judgement is inadequate too.
    """

    key: str
    title: str
    limiting: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that are answered on one page.

    `after_reveal`: asked only once both sets of grades can be seen. `restricted`: what is answered here is for the line
    of the member of staff alone, and is kept apart.
    """

    key: str
    title: str
    questions: tuple[Question, ...]
    help: str = ""
    element: Element | None = None
    after_reveal: bool = False
    restricted: bool = False


@dataclass(frozen=True, eq=False)
class Tool:
    """One version of an audit tool. Two tools are the same only when they are the same object.

    `purpose` says in a sentence what it is for, `minutes` how long it takes (0: not said). `children` is how many
    children's records an audit about a member of staff may be made from.
    """

    key: str
    version: int
    title: str
    sections: tuple[Section, ...]
    intro: str = ""
    sha256: str = ""  # of the definition it was read from
    purpose: str = ""
    about: About = About.CHILD
    cases: Cases = Cases.DRAWN
    minutes: int = 0
    independence: Independence = Independence.INDEPENDENT
    children: int = 0

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        return tuple(section.element for section in self.sections if section.element is not None)

    @cached_property
    def restricted(self) -> frozenset[str]:
        """The keys of the questions whose answers are for the line alone."""
        return frozenset(
            question.key for section in self.sections if section.restricted for question in section.questions
        )

    @cached_property
    def _sections_by_key(self) -> dict[str, Section]:
        return {section.key: section for section in self.sections}

    @cached_property
    def _homes(self) -> dict[str, tuple[Question, Section]]:
        return {question.key: (question, section) for section in self.sections for question in section.questions}

    def asks(self, key: str) -> bool:
        return key in self._homes

    def question(self, key: str) -> Question:
        """The question with this key; KeyError if the tool does not ask it."""
        return self._homes[key][0]

    def section(self, key: str) -> Section:
        """The section with this key; KeyError if the tool has none."""
        return self._sections_by_key[key]

    def section_of(self, question_key: str) -> Section:
        """The section that asks this question; KeyError if none does."""
        return self._homes[question_key][1]

    def element(self, key: str) -> Element:
        """The graded element with this key; KeyError if the tool grades no such thing."""
        element = self.section_of(key).element
        if element is None or element.key != key:
            raise KeyError(key)
        return element
