"""A moderator at work on screen, for tests: one audit given to them, its sections filled in, grades given, agreed."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.completeness import sections_asked
from audit_forms.grades import Grade
from audit_forms.regrading import moderator_tool
from qa_app.models import Audit, Moderation, Person
from tests.months import ELEMENTS, TOOL, released_month, submitted_audit
from tests.page import PageClient
from tests.world import World

MODERATORS_TOOL = moderator_tool(TOOL)
SECTIONS = tuple(section.key for section in sections_asked(MODERATORS_TOOL))
SOUND = {"form_evidence": "yes", "form_child": "partly", "form_actions": "yes", "form_tone": "yes", "form_sound": "yes"}


def audit_to_moderate(
    session: Session, world: World, grade: Grade = Grade.GOOD, *, at: Any, moderator: str = "moderator_1",
    number: int = 1, answers: dict[str, Any] | None = None, by: str = "manager_care",
) -> Moderation:  # fmt: skip
    """A submitted audit, given to a moderator to grade again."""
    cycle = released_month(session, world, at=at) if number == 1 else session.scalars(select(Audit)).one().cycle
    audit = submitted_audit(session, world, cycle, number, grade, at=at, answers=answers, by=by)
    audit.state = "selected"
    made = Moderation(
        audit_id=audit.id, moderator_id=world.people[moderator].id, stream="sampled", state="allocated", allocated_at=at
    )
    session.add(made)
    session.flush()
    return made


def section_said(section: str, grade: Grade, words: str) -> dict[str, str]:
    """What a moderator types in one section."""
    if section == "safe":
        return {"safe_now": "yes"}
    element = MODERATORS_TOOL.section(section).element
    assert element is not None
    return {element.key: grade.value, f"{element.key}_rationale": words}


def fill(
    client: PageClient, moderation_id: UUID, grade: Grade = Grade.GOOD, words: str = "Seen in the record."
) -> None:
    """Fill every section in through its page."""
    for section in SECTIONS:
        address = f"/moderations/{moderation_id}/sections/{section}"
        form = {"version": version_on(client, address), "then": "next", **section_said(section, grade, words)}
        client.send(address, form)


def version_on(client: PageClient, address: str) -> str:
    """The version of the answers a page was filled with."""
    return client.get(address).get_data(as_text=True).split('name="version" value="')[1].split('"')[0]


def give(client: PageClient, moderation_id: UUID, status: int = 302) -> Any:
    """Give the grades from the check page."""
    version = version_on(client, f"/moderations/{moderation_id}/check")
    said = {"version": version, "acknowledged": "y", "certain": "y"}
    return client.send(f"/moderations/{moderation_id}/grades", said, status)


def resolved(differing: tuple[str, ...] = ELEMENTS, final: Grade = Grade.GOOD) -> dict[str, str]:
    """What is chosen for each difference, and said of the audit form."""
    said = {f"final_{element}": final.value for element in differing}
    said |= {f"reason_{element}": "weighed" for element in differing}
    said |= {f"note_{element}": "We read it again together." for element in differing}
    return {**said, **SOUND, "then": "agree"}


def moderator_of(session: Session, moderation_id: UUID) -> Person:
    """The person a moderation is given to."""
    return session.get_one(Person, session.get_one(Moderation, moderation_id).moderator_id)
