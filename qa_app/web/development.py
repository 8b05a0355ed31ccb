"""Auditors' development: the people by name, and one page for each person."""

from uuid import UUID

from flask import Blueprint, render_template

from moderation.statistics.share import Share
from qa_app.access import development as rights
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.models import Person
from qa_app.queries import development as found
from qa_app.queries import documents
from qa_app.queries.development import FEWEST, KINDS
from qa_app.services import settings

screen = Blueprint("development", __name__)


@screen.get("/development")
@needs(Can.DEVELOPMENT_READ)
def index() -> str:
    """The auditors and moderators one answers for, by name."""
    months = _months()
    rows = found.listed(session(), actor(), months=months)
    newest = documents.newest(session())
    read = [(one, documents.who_has_read(session(), actor(), one)) for one in newest]
    return render_template(
        "development/index.html", rows=rows, kinds=KINDS, months=months, today=london_day(now()),
        read=[(one, sum(each.version == one.version for each in people), len(people)) for one, people in read],
    )  # fmt: skip


@screen.get("/development/own")
@needs(Can.DEVELOPMENT_OWN)
def own() -> str:
    """One's own page."""
    return _page(rights.person(session(), actor(), actor().person_id))


@screen.get("/development/<uuid:person_id>")
@needs(Can.DEVELOPMENT_OWN)
def show(person_id: UUID) -> str:
    """What one person has read, was trained in and took part in, and how their audits go."""
    return _page(rights.person(session(), actor(), person_id))


def _page(person: Person) -> str:
    months = found.audits(session(), person.id)
    sound = found.sound_forms(session()).get(person.id, Share(0, 0))
    return render_template(
        "development/show.html", person=person, kinds=KINDS, today=london_day(now()),
        is_self=person.id == actor().person_id,
        mine=documents.mine(session(), person.id), trainings=found.trainings(session(), person.id, months=_months()),
        withdrawn=found.withdrawn(session(), person.id), exercises=found.calibrations(session(), person.id),
        sessions=found.sessions(session(), person.id),
        months=months, audits=Share(sum(one.in_time for one in months), sum(one.expected for one in months)),
        excused=sum(one.excused for one in months), sound=sound, sound_words=found.sound_words(sound), fewest=FEWEST,
    )  # fmt: skip


def _months() -> int:
    return settings.number(session(), "training_months")
