"""A small council on a real database, with ten people at their browsers and a month under way."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from moderation.plans import StratumRule
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Audit, Cycle, SignInSession
from qa_app.services import case_draws, cycles, sampling_plans
from tests.conftest import AT
from tests.life.sheet import Sheet, sheet_on
from tests.page import PageClient
from tests.world import World

AUDITORS = ("manager_assessment", "manager_planning", "manager_care", "manager_leaving")
MODERATORS = ("moderator_1", "moderator_2", "moderator_3")
ACTORS = (*AUDITORS, *MODERATORS, "qa_lead", "director", "head_north", "worker_care_1")
MONTH = date(2026, 11, 1)


class Browser(PageClient):
    """A browser that reads no page closely: every page is looked at elsewhere, and here thousands are opened."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return FlaskClient.open(self, *args, **kwargs)


class Council:
    """Everybody's browser, and the month they work on."""

    def __init__(self, app: Flask, database: Database, given: Settings, clock: Callable[[], object]) -> None:
        self.app, self.database, self.clock = app, database, clock
        with database.writing() as session, session.begin():
            self.world = World.build(session, given, at=AT)
            everything = (StratumRule("everything", Fraction(1)),)
            was = sampling_plans.in_force(session, None).sha256
            sampling_plans.save(session, None, everything, was=was, reason="All of it", by="test", at=AT)
            cycle = cycles.open_month(session, MONTH, by="test", at=AT)
            case_draws.draw_month(session, cycle, seed="life", by="test", at=AT)
            cycles.release(session, cycle, by="test", at=AT)
            self.cycle_id: UUID = cycle.id
            session.expunge_all()
        self._browsers: dict[str, PageClient] = {}
        self._tokens: dict[str, str] = {}

    def browser(self, who: str) -> PageClient:
        """Somebody's browser, signed in."""
        if who not in self._browsers:
            client = self.app.test_client()
            assert isinstance(client, PageClient)
            client.enter_as(self.database, self.world.people[who].id, at=AT)
            self._browsers[who], self._tokens[who] = client, client.token()
        return self._browsers[who]

    def sign_out_by_time(self, who: str) -> None:
        """Let somebody's session end behind their back; their next page is a new sign-in."""
        with self.database.writing() as session, session.begin():
            person = self.world.people[who].id
            session.execute(update(SignInSession).where(SignInSession.person_id == person).values(revoked_at=AT))
        self._browsers.pop(who, None)

    def restart(self) -> None:
        """Every connection of the server to its database ends."""
        self.database.dispose()

    def open(self, who: str, page: str, action: str) -> Sheet | int:
        """The form on a page that goes to this address; the status where the page is not theirs to have."""
        answer = self.browser(who).get(page)
        if answer.status_code != 200:
            return answer.status_code
        return sheet_on(answer.get_data(as_text=True), action)

    def send(self, who: str, action: str, sent: dict[str, list[str]], **headers: str) -> TestResponse:
        """Send a form from somebody's browser."""
        client = self.browser(who)
        return client.post(action, data={**sent, "csrf_token": [self._tokens[who]]}, headers=headers or None)

    def audits(self) -> dict[UUID, tuple[str, str]]:
        """Every audit of the month in the order of its number: its state, and who audits it."""
        names = {person.id: key for key, person in self.world.people.items()}
        with self.database.reading() as session:
            rows = session.execute(
                select(Audit.id, Audit.state, Audit.auditor_id)
                .join(Cycle)
                .where(Cycle.id == self.cycle_id)
                .order_by(Audit.number)
            )
            return {audit_id: (state, names[auditor]) for audit_id, state, auditor in rows}
