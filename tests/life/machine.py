"""The life of a month's audits as a machine of rules: whatever ten people try in whatever order, on a real database.

What was acknowledged as saved is there afterwards, in the draft or in the submitted answers; an audit only goes where
it may go; grades given stay as they were given; and whoever may not do something changes nothing by trying.
"""

from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from sqlalchemy import select

from audit_forms.catalogue import latest
from audit_forms.grades import Grade
from audit_forms.lifecycle import MAY_FOLLOW, State
from qa_app.models import Answers, Audit, Draft, DraftAside, Judgement, Moderation, Person
from qa_app.services import audits as auditing
from qa_app.services import drafts, moderations
from qa_app.services.drafts import Written
from tests.conftest import AT
from tests.life.council import ACTORS, Council
from tests.life.sheet import Sheet
from tests.qa_app.audit_answers import stored

TOOL = latest("case_file")
ELEMENTS = tuple(element.key for element in TOOL.elements)
WHOLE = stored(TOOL)
TEXTS = {"story_why": "story", "voice_strengths": "voice"}  # a question of free text and its section
OPEN = ("allocated", "draft")
UNSENT = (*OPEN, "not_done", "handed_back")  # what was written on these stays in their drafts
REFUSED = (302, 403, 404, 409)  # 302: to the audit as it was submitted

# Whose turn it is: mostly the one whose business it is, or else anybody at all.
THEIRS = "whose business it is"
who = st.sampled_from((*[THEIRS] * 15, *ACTORS))
number = st.integers(0, 4)
question = st.sampled_from(sorted(TEXTS))
words = st.text("abc æ🙂'\"<&", min_size=1, max_size=12).map(lambda said: f"typed {said.strip()}.")


class OldPage(NamedTuple):
    """A page that somebody opened a while ago and has not sent yet."""

    who: str
    audit_id: UUID
    question: str
    sheet: Sheet
    knew: str  # what was saved at the question when it was opened
    shown: frozenset[tuple[str, str]]  # the texts beside the draft that it was opened with, each with its question


class LifeOfAudits(RuleBasedStateMachine):
    """Ten people and a month; `council` makes a new one for every run."""

    new_council: ClassVar[Any]  # () -> Council, set by the test
    pages: Bundle[OldPage | None] = Bundle("pages")

    def __init__(self) -> None:
        super().__init__()
        self.council: Council = type(self).new_council()
        self.states = {audit_id: state for audit_id, (state, _) in self.council.audits().items()}
        self.owners = {audit_id: owner for audit_id, (_, owner) in self.council.audits().items()}
        self.saved: dict[UUID, dict[str, str]] = {audit_id: {} for audit_id in self.states}
        self.beside: dict[UUID, set[tuple[str, str]]] = {audit_id: set() for audit_id in self.states}
        self.complete: set[UUID] = set()
        self.late: set[UUID] = set()
        self.closed = False
        self.given: dict[int, tuple[Any, ...]] = {}
        self.steps = 0

    # What may be.

    def pick(self, n: int) -> UUID:
        """One of the audits; they are kept in the order of their numbers."""
        return list(self.states)[n % len(self.states)]

    def lead(self, person: str) -> str:
        return "qa_lead" if person == THEIRS else person

    def writes(self, person: str, audit_id: UUID) -> bool:
        theirs = self.owners[audit_id] == person and self.states[audit_id] in OPEN
        return theirs and (not self.closed or audit_id in self.late)

    def went(self, audit_id: UUID, state: str) -> None:
        """Note that an audit is somewhere else now; no other way leads there than the ones there are."""
        before = State(self.states[audit_id])
        assert State(state) in MAY_FOLLOW[before], (before, state)
        self.states[audit_id] = state

    def may_be_submitted(self, audit_id: UUID) -> bool:
        """Whether everything is answered, and nothing typed elsewhere waits to be merged."""
        said = self.saved[audit_id]
        return audit_id in self.complete and all(said.get(key) == text for key, text in self.beside[audit_id])

    def opens(self, person: str, audit_id: UUID, key: str) -> OldPage | int:
        path = f"/audits/{audit_id}/sections/{TEXTS[key]}"
        sheet = self.council.open(person, path, path)
        if not isinstance(sheet, Sheet):
            return sheet
        shown = {one for one in self.beside[audit_id] if one[0] == key} if any(sheet.values["merges"]) else set()
        return OldPage(person, audit_id, key, sheet, self.saved[audit_id].get(key, ""), frozenset(shown))

    # Writing.

    @rule(person=who, n=number, key=question, said=words, by_itself=st.booleans())
    def writes_in_a_section(self, person: str, n: int, key: str, said: str, *, by_itself: bool) -> None:
        audit_id = self.pick(n)
        person = self.owners[audit_id] if person == THEIRS else person
        path = f"/audits/{audit_id}/sections/{TEXTS[key]}"
        page = self.opens(person, audit_id, key)
        if not self.writes(person, audit_id):
            assert isinstance(page, int)
            assert page in REFUSED
            refused = self.council.send(person, path, {"version": [""], key: [said]})
            assert refused.status_code in REFUSED
            return
        assert isinstance(page, OldPage)
        self._sends(page, said, by_itself=by_itself)

    def _sends(self, page: OldPage, said: str, *, by_itself: bool) -> None:
        """Send a section, by its button or by itself, and note what was acknowledged."""
        path = page.sheet.action
        sent = page.sheet.filled(**{page.question: said})
        headers = {"Accept": "application/json"} if by_itself else {}
        answer = self.council.send(page.who, f"{path}/autosave" if by_itself else path, sent, **headers)
        now = self.saved[page.audit_id].get(page.question, "")
        if answer.status_code == 409:
            assert now not in (page.knew, said)
            self.beside[page.audit_id].add((page.question, said))
            return
        assert answer.status_code == (200 if by_itself else 302), answer.get_data(as_text=True)[:2000]
        # Saved: then nothing that was saved since the page was opened may have been there to be overwritten.
        if page.shown and by_itself:
            if said not in (now, page.knew):
                self.beside[page.audit_id].add((page.question, said))
        elif said != page.knew:
            assert now in (page.knew, said), f"‘{now}’ was overwritten by a page that knew of ‘{page.knew}’"
            self.saved[page.audit_id][page.question] = said
        if not by_itself:
            self.beside[page.audit_id] -= page.shown
        if self.states[page.audit_id] == "allocated":
            self.went(page.audit_id, "draft")

    @rule(target=pages, n=number, key=question)
    def opens_a_page_and_is_called_away(self, n: int, key: str) -> OldPage | None:
        audit_id = self.pick(n)
        person = self.owners[audit_id]
        page = self.opens(person, audit_id, key)
        # None where there was no page to open: what can be done next must not hang on what the database drew.
        return page if isinstance(page, OldPage) else None

    @rule(page=consumes(pages), said=words, by_itself=st.booleans())
    def sends_what_was_open_all_the_while(self, page: OldPage | None, said: str, *, by_itself: bool) -> None:
        if page is None:
            return
        if self.writes(page.who, page.audit_id):
            self._sends(page, said, by_itself=by_itself)
            return
        answer = self.council.send(page.who, page.sheet.action, page.sheet.filled(**{page.question: said}))
        assert answer.status_code in REFUSED

    @rule(n=number, key=question, here=words, there=words, by_itself=st.booleans())
    def writes_in_two_tabs(self, n: int, key: str, here: str, there: str, *, by_itself: bool) -> None:
        """Two tabs opened at the same time, sent one after the other."""
        audit_id = self.pick(n)
        person = self.owners[audit_id]
        tabs = [self.opens(person, audit_id, key) for _ in range(2)]
        for page, said in zip(tabs, (here, there), strict=True):
            if isinstance(page, OldPage):
                self._sends(page, said, by_itself=by_itself)

    @rule(n=number)
    def fills_in_the_rest(self, n: int) -> None:
        """Everything else the tool asks, by one writing; the texts typed so far are kept."""
        audit_id = self.pick(n)
        if not self.writes(self.owners[audit_id], audit_id):
            return
        with self.council.database.writing() as session, session.begin():
            audit = session.get_one(Audit, audit_id)
            now = drafts.load(session, auditing.writer_of(audit))
            said = {**WHOLE, **{key: now[key] for key in TEXTS if key in now}}
            keys = frozenset(WHOLE) | frozenset(TEXTS)
            version = drafts.version_of(now, keys)
            auditing.write(session, audit, Written(keys, keys, said), version, by="test", at=AT)
        for key in TEXTS:
            self.saved[audit_id].setdefault(key, said.get(key, ""))
        self.complete.add(audit_id)
        if self.states[audit_id] == "allocated":
            self.went(audit_id, "draft")

    # What ends the writing.

    @rule(person=who, n=number, twice=st.booleans())
    def submits(self, person: str, n: int, *, twice: bool) -> None:
        audit_id = self.pick(n)
        person = self.owners[audit_id] if person == THEIRS else person
        action = f"/audits/{audit_id}/submit"
        sheet = self.council.open(person, f"/audits/{audit_id}/check", action)
        if not self.writes(person, audit_id):
            assert isinstance(sheet, int)
            assert self.council.send(person, action, {"version": [""]}).status_code in REFUSED
            return
        assert isinstance(sheet, Sheet)
        sent = sheet.answered("y")
        answer = self.council.send(person, action, sent)
        may = self.may_be_submitted(audit_id)
        assert answer.status_code == (302 if may else 400), answer.get_data(as_text=True)[:3000]
        if may:
            self.went(audit_id, "submitted")
        if twice:
            again = self.council.send(person, action, sent)
            assert again.status_code == answer.status_code

    @rule(person=who, n=number)
    def hands_back(self, person: str, n: int) -> None:
        audit_id = self.pick(n)
        person = self.owners[audit_id] if person == THEIRS else person
        path = f"/audits/{audit_id}/hand-back"
        sheet = self.council.open(person, path, path)
        theirs = self.owners[audit_id] == person and self.states[audit_id] in OPEN
        if not theirs:
            assert isinstance(sheet, int)
            assert self.council.send(person, path, {"reason": ["Why not"], "code": ["conflict"]}).status_code in REFUSED
            return
        assert isinstance(sheet, Sheet)
        answer = self.council.send(person, path, sheet.answered("Leave"))
        assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
        self.went(audit_id, "handed_back")
        # Their own act, and the page said so: what they had written goes.
        self.saved[audit_id], self.beside[audit_id] = {}, set()

    @rule(person=who, n=number, to=number)
    def reallocates(self, person: str, n: int, to: int) -> None:
        """Give an audit to somebody else, who starts anew; what the first one wrote stays where it is."""
        audit_id = self.pick(n)
        person = self.lead(person)
        path = f"/cycles/{self.council.cycle_id}/audits/{audit_id}/reallocate"
        sheet = self.council.open(person, path, path)
        if person != "qa_lead" or self.states[audit_id] not in OPEN or self.closed:
            assert isinstance(sheet, int)
            assert self.council.send(person, path, {"reason": ["Why not"], "code": ["leave"]}).status_code in REFUSED
            return
        assert isinstance(sheet, Sheet)
        offered = sheet.options.get("auditor", [])
        if not offered:
            assert self.council.send(person, path, sheet.answered("Leave")).status_code == 400
            return
        chosen = offered[to % len(offered)]
        answer = self.council.send(person, path, {**sheet.answered("Leave"), "auditor": [chosen]})
        assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
        self.went(audit_id, "handed_back")
        now = self.council.audits()
        (made,) = set(now) - set(self.states)
        assert self.council.world.people[now[made][1]].id == UUID(chosen)
        assert chosen != str(self.council.world.people[self.owners[audit_id]].id)
        self._is_new(made, now[made][1])

    def _is_new(self, audit_id: UUID, owner: str) -> None:
        self.states[audit_id], self.owners[audit_id] = "allocated", owner
        self.saved[audit_id] = {}
        self.beside[audit_id] = set()

    @rule(person=who, n=number)
    def withdraws(self, person: str, n: int) -> None:
        audit_id = self.pick(n)
        person = self.lead(person)
        path = f"/audits/{audit_id}/withdraw"
        sheet = self.council.open(person, path, path)
        if person == "qa_lead" and self.states[audit_id] == "submitted":
            assert isinstance(sheet, Sheet)
            assert self.council.send(person, path, sheet.answered("Wrong child")).status_code == 302
            self.went(audit_id, "withdrawn")
            return
        assert self.council.send(person, path, {"reason": ["Why not"]}).status_code in (403, 404, 409)

    # The month.

    @rule(person=who)
    def draws_the_sample(self, person: str) -> None:
        person = self.lead(person)
        answer = self.council.send(person, f"/cycles/{self.council.cycle_id}/sample", {})
        assert answer.status_code == (302 if person == "qa_lead" else 403)
        if person == "qa_lead":
            self._follow({("submitted", "selected")})

    @rule(n=number, grade=st.sampled_from(tuple(Grade)))
    def moderates(self, n: int, grade: Grade) -> None:
        audit_id = self.pick(n)
        with self.council.database.writing() as session, session.begin():
            found = session.scalar(select(Moderation).where(Moderation.audit_id == audit_id))
            if found is None or found.state not in ("allocated", "moderating") or found.moderator_id is None:
                return
            moderator = session.get_one(Person, found.moderator_id)
            grades = dict.fromkeys(ELEMENTS, grade)
            moderations.grade(session, found, moderator, grades, {}, by="test", at=AT)
        self.went(audit_id, "moderating")
        self.went(audit_id, "moderated")

    @rule(n=number, grade=st.sampled_from(tuple(Grade)))
    def agrees(self, n: int, grade: Grade) -> None:
        audit_id = self.pick(n)
        if self.states[audit_id] != "moderated":
            return
        with self.council.database.writing() as session, session.begin():
            found = session.scalars(select(Moderation).where(Moderation.audit_id == audit_id)).one()
            final = {key: moderations.Resolution(grade, moderations.Reason.WEIGHED, "Talked over.") for key in ELEMENTS}
            judge = found.moderator_id
            assert judge is not None
            moderations.agree(session, found, final, form_sound=True, by="test", judge_id=judge, at=AT)
        self.went(audit_id, "agreed")

    @precondition(lambda self: self.steps > 12)
    @rule(person=who)
    def closes_the_month(self, person: str) -> None:
        person = self.lead(person)
        path = f"/cycles/{self.council.cycle_id}/close"
        answer = self.council.send(person, path, {"certain": ["y"]})
        if person != "qa_lead":
            assert answer.status_code == 403
        elif self.closed:
            assert answer.status_code in (302, 409)
        else:
            assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
            self.closed = True
            done = ("submitted", "selected", "moderating", "moderated", "agreed")
            self._follow({(one, "not_done") for one in OPEN} | {(one, "closed") for one in done})

    @rule(person=who, n=number)
    def accepts_late_work(self, person: str, n: int) -> None:
        audit_id = self.pick(n)
        person = self.lead(person)
        path = f"/cycles/{self.council.cycle_id}/audits/{audit_id}/late"
        answer = self.council.send(person, path, {"reason": ["Sick leave"]})
        fits = person == "qa_lead" and self.states[audit_id] == "not_done"
        assert answer.status_code in ((302, 400, 409) if fits else (403, 404, 400, 409))
        if answer.status_code == 302:
            (made,) = set(self.council.audits()) - set(self.states)
            self._is_new(made, self.owners[audit_id])
            self.late.add(made)

    # The world around it.

    @rule(person=st.sampled_from(ACTORS))
    def is_signed_out_by_time(self, person: str) -> None:
        self.council.sign_out_by_time(person)

    @rule()
    def the_server_starts_anew(self) -> None:
        self.council.restart()

    def _follow(self, ways: set[tuple[str, str]]) -> None:
        """Take over what changed, if it changed in one of these ways."""
        for audit_id, (state, _) in self.council.audits().items():
            before = self.states[audit_id]
            if state != before:
                assert (before, state) in ways, (before, state)
                self.went(audit_id, state)

    # What always holds.

    @invariant()
    def audits_stand_where_they_were_taken(self) -> None:
        self.steps += 1
        found = self.council.audits()
        assert {one: state for one, (state, _) in found.items()} == self.states
        assert {one: owner for one, (_, owner) in found.items()} == self.owners

    def kept_beside(self, audit_id: UUID) -> set[str]:
        """Every text that waits beside the draft of an audit, and those in the draft itself."""
        with self.council.database.reading() as session:
            waiting = select(DraftAside.answers).where(DraftAside.audit_id == audit_id, DraftAside.settled_at.is_(None))
            held = [
                *session.scalars(waiting),
                *session.scalars(select(Draft.answers).where(Draft.audit_id == audit_id)),
            ]
        return {text for answers in held for text in answers.values() if isinstance(text, str)}

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        with self.council.database.reading() as session:
            written = dict(session.execute(select(Draft.audit_id, Draft.answers).where(Draft.stage == "auditor")).all())
            rows = session.execute(select(Answers.audit_id, Answers.answers).where(Answers.stage == "auditor")).all()
        submitted = dict(rows)
        assert len(submitted) == len(rows)
        for audit_id, others in self.beside.items():
            if self.states[audit_id] in UNSENT:
                assert {text for _, text in others} <= self.kept_beside(audit_id)
        for audit_id, texts in self.saved.items():
            state = self.states[audit_id]
            kept = (written if state in UNSENT else submitted).get(audit_id, {})
            assert {key: kept.get(key, "") for key in texts} == texts, state
            assert (audit_id in submitted) == (state not in UNSENT)

    @invariant()
    def grades_stay_as_they_were_given(self) -> None:
        with self.council.database.reading() as session:
            rows = session.execute(
                select(Judgement.id, Judgement.audit_id, Judgement.element, Judgement.stage, Judgement.grade)
            )
            now = {row[0]: tuple(row[1:]) for row in rows}
        assert {key: now.get(key) for key in self.given} == self.given
        self.given = now
