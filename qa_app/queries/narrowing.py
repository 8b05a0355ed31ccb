"""The filters that leave only some of the audits: plan type, tool version, how the case was chosen, whose grades."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from moderation.statistics.facts import AUDITOR, FINAL
from qa_app.models import Audit
from qa_app.queries import tool_versions
from qa_app.queries.reach import NOTHING_NARROWED, TOOL, Narrow
from qa_app.queries.sampling_plans import STREAMS

STAGES: Final[Mapping[str, str]] = {FINAL: "Final grades", AUDITOR: "As the auditors graded"}
EVERY_STREAM: Final[Mapping[str, str]] = {**STREAMS, "imported": "imported with a register"}


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen: plan types as the case list writes them, and versions of the tool with their names."""

    plan_types: tuple[str, ...] = ()
    versions: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What was chosen, and what in the address made no sense."""

    narrow: Narrow = NOTHING_NARROWED
    stage: str = FINAL
    faults: tuple[str, ...] = ()

    @property
    def address(self) -> dict[str, str]:
        """The parameters of an address that asks the same again."""
        version = "" if self.narrow.version is None else str(self.narrow.version)
        stage = "" if self.stage == FINAL else self.stage
        parts = {"plan_type": self.narrow.plan_type, "version": version, "stream": self.narrow.stream, "stage": stage}
        return {name: value for name, value in parts.items() if value}


NOTHING_OFFERED: Final = Offered()
EVERYTHING: Final = Narrowed()


def offered(session: Session) -> Offered:
    """What there is to choose from."""
    versions = tuple(
        (each.version, f"{each.title}, version {each.version}") for each in tool_versions.asked_with(session)
    )
    return Offered(_plan_types(session), versions)


def narrowed(words: Mapping[str, str], choices: Offered) -> Narrowed:
    """What an address asks for; words of no meaning narrow nothing, and are said."""
    faults = []
    plan_type, version = words.get("plan_type", ""), words.get("version", "")
    stream, stage = words.get("stream", ""), words.get("stage", "") or FINAL
    if plan_type and plan_type not in choices.plan_types:
        faults.append("The plan type in the address is not one of those in the list.")
        plan_type = ""
    if version and version not in {str(number) for number, _ in choices.versions}:
        faults.append("The version of the tool in the address is not one of those in the list.")
        version = ""
    if stream and stream not in EVERY_STREAM:
        faults.append("How cases were chosen is not one of those in the list.")
        stream = ""
    if stage not in STAGES:
        faults.append("Whose grades are meant is not one of those in the list.")
        stage = FINAL
    return Narrowed(Narrow(plan_type, int(version) if version else None, stream), stage, tuple(faults))


def _plan_types(session: Session) -> tuple[str, ...]:
    """The plan types there are audits of: each found from the one before it, so that an index is not read through."""
    of_tool = Audit.tool_key == literal(TOOL)
    first = select(Audit.plan_type).where(of_tool).order_by(Audit.plan_type).limit(1).scalar_subquery()
    found = select(first.label("plan_type")).cte(recursive=True)
    following = (
        select(Audit.plan_type)
        .where(of_tool, Audit.plan_type > found.c.plan_type)
        .order_by(Audit.plan_type)
        .limit(1)
        .correlate(found)
        .scalar_subquery()
    )
    every = found.union_all(select(following).where(found.c.plan_type.is_not(None)))
    return tuple(one for one in session.scalars(select(every.c.plan_type)) if one)
