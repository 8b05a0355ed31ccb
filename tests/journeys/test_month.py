"""The main journey: from a council's own spreadsheets to a closed month, a figure that moved and its scorecard."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from audit_forms.catalogue import latest
from audit_forms.regrading import moderator_tool
from qa_app.db import Database
from qa_app.demo import demo_file
from qa_app.models import Moderation, Person
from qa_app.services import accounts, roles
from tests.conftest import AT
from tests.journeys.screens import AgreementScreen, DashboardScreen, FormScreen, SectionScreen, UploadScreen, WorkList
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
TOOL = latest("case_file")
ADMINISTRATOR = "administrator@council.example"
STORY = "A quiet seven-year-old who has begun to talk about school and sleeps through the night."
ACTION = {
    "what": "Record supervision on the child’s record every month",
    "owner": "Team manager",
    "priority": "twenty_days",
    "element": "supervision",
}
EVIDENCE = "Seen alone every fortnight between May and October, in her own words each time."
PASSWORD = "thistle-copper-meadow-31"


class Council:
    """The people of the demo council, each with a window of their own."""

    def __init__(self, database: Database, visit: Callable[..., Visitor]) -> None:
        self.database, self.visit = database, visit
        self._windows: dict[str, Visitor] = {}

    def as_(self, name: str) -> Visitor:
        """The window of a person with a role; it opens on their start page."""
        if name not in self._windows:
            person = self.named(name)
            with self.database.writing() as session, session.begin():
                accounts.give_sign_in(session, session.get_one(Person, person.id), by="test", at=AT, password=PASSWORD)
            self._windows[name] = self.visit(person).open("/")
        return self._windows[name]

    def window(self, name: str) -> Visitor:
        """A window in which this person is going to sign in."""
        self._windows[name] = self.visit()
        return self._windows[name]

    def named(self, name: str) -> Person:
        with self.database.reading() as session:
            return session.scalars(select(Person).where(Person.name == name)).one()

    def holding(self, job_title: str) -> str:
        """The name of the first person with a job title."""
        with self.database.reading() as session:
            titled = select(Person.name).where(Person.job_title == job_title, Person.active).order_by(Person.name)
            return session.scalars(titled).first() or ""


@pytest.fixture
def council(database: Database, visit: Callable[..., Visitor]) -> Council:
    with database.writing() as session, session.begin():
        roles.make_administrator(session, ADMINISTRATOR, "Ada Admin", by="os:test", at=AT)
    return Council(database, visit)


def test_a_month_from_the_spreadsheets_to_the_scorecard(council: Council, tmp_path: Path) -> None:
    lead_name = the_administrator_brings_the_staff_in(council, tmp_path)
    lead = council.as_(lead_name)
    the_lead_brings_cases_and_register_in(lead, tmp_path)
    before = DashboardScreen.open(council.as_(council.holding("Director of Children's Services")))
    shares_before, strip_before = before.shares("supervision"), before.strip()
    assert "Nov 2026" not in shares_before

    reference, auditor_name = the_lead_opens_and_releases_november(lead)
    the_auditor_records_and_submits(council.as_(auditor_name), reference)
    moderator_name = the_lead_draws_the_sample(lead, council, reference)
    the_moderator_grades_blind(council.as_(moderator_name), reference, auditor_name)
    the_moderator_agrees(council.as_(moderator_name), reference, auditor_name)
    the_auditor_sees_the_outcome(council.as_(auditor_name), reference, moderator_name)
    the_lead_closes_november(lead)

    after = DashboardScreen.open(before.visitor)
    shares_after = after.shares("supervision")
    assert shares_after.pop("Nov 2026") == ("0", "1")
    assert shares_after.items() <= shares_before.items()
    assert len(shares_after) == len(shares_before) - 1  # the chart shows two years
    assert after.strip().keys() == strip_before.keys()
    assert after.strip()["Supervision"] != strip_before["Supervision"]
    the_scorecard_tells_of_the_month(after)


def the_administrator_brings_the_staff_in(council: Council, folder: Path) -> str:
    """Import the staff list, grant what it suggests, give the QA lead a sign-in; the QA lead chooses a password."""
    admin = council.as_("Ada Admin").open("/people")
    preview = UploadScreen(admin.press("Import staff list")).send(folder / "staff.csv", demo_file("staff.csv"))
    assert "To add" in preview.text
    admin.press("Save the staff list")
    assert admin.heading == "Suggested roles"
    while admin.page.get_by_role("checkbox", checked=True).count():  # a page at a time; Heads are not ticked
        admin.press("Grant the ticked roles")
        admin.open("/people/suggested-roles")
    director, lead = council.holding("Director of Children's Services"), council.holding("QA Lead")
    admin.open(f"/people/{council.named(director).id}")
    granting = FormScreen(admin)
    granting.unfold(granting.box("role").first)
    admin.page.get_by_label("Head of Service", exact=True).check()
    admin.page.get_by_label("Service", exact=True).select_option("The whole council")
    admin.press("Grant role")
    admin.open(f"/people/{council.named(lead).id}").press("Give a sign-in")
    word = admin.page.locator("dd").nth(1).inner_text()
    window = council.window(lead)
    the_lead_chooses_a_password(window, council.named(lead).email or "", word)
    return lead


def the_lead_chooses_a_password(visitor: Visitor, email: str, word: str) -> None:
    visitor.open("/")
    visitor.page.get_by_label("Email address").fill(email)
    visitor.page.get_by_label("Password", exact=True).fill(word)
    visitor.press("Sign in")
    if visitor.heading != "Change your password":
        visitor.open("/cycles")
    visitor.page.get_by_label("Your password now").fill(word)
    visitor.page.get_by_label("New password").fill(PASSWORD)
    visitor.press("Change password")
    assert "Your password is changed." in visitor.text


def the_lead_brings_cases_and_register_in(lead: Visitor, folder: Path) -> None:
    lead.open("/cases").press("Import case list")
    preview = UploadScreen(lead).send(folder / "case_list.xlsx", demo_file("case_list.xlsx"))
    assert "Nothing is saved yet." in preview.text
    lead.press("Save the case list")
    assert "Case list saved" in lead.text
    lead.open("/imports").press("Import audit register")
    preview = UploadScreen(lead).send(folder / "audit_register.xlsx", demo_file("audit_register.xlsx"))
    assert "Nothing is saved yet." in preview.text
    lead.press("Save the audit register")
    assert "Audit register saved" in lead.text


def the_lead_opens_and_releases_november(lead: Visitor) -> tuple[str, str]:
    """Open, draw, look through, release; the answer is the first audit and its auditor."""
    lead.open("/cycles").press("Open this month")
    assert lead.heading == "November 2026"
    lead.press("Draw the cases")
    row = lead.page.get_by_role("table", name="Audits", exact=True).get_by_role("row").nth(1)
    reference = row.get_by_role("rowheader").inner_text()
    auditor = row.get_by_role("cell").first.inner_text().splitlines()[0]
    lead.press("Release to the auditors").press("Release")
    assert "November 2026 is released" in lead.text
    return reference, auditor


def the_auditor_records_and_submits(auditor: Visitor, reference: str) -> None:
    """See the case reference, write with autosave, complete every section, check, submit."""
    audit = WorkList.open(auditor).audit(reference)
    assert audit.reveal()
    story = audit.section("The child’s story")
    story.answer({"story_now": STORY})
    story.wait_for_autosave()
    again = SectionScreen.open(auditor, auditor.path)
    assert again.box("story_now").input_value() == STORY
    audit = again.save_and_list()
    screen = audit.section(TOOL.sections[0].title)
    for section in TOOL.sections:
        if section.key == "supervision":
            screen.answer({"supervision": "requires_improvement", "supervision_evidence": EVIDENCE})
            screen = screen.complete(section, but=("supervision", "supervision_evidence"))
        elif section.key == "actions":
            screen.answer({f"actions-0-{name}": said for name, said in ACTION.items()})
            screen = screen.complete(section)
        else:
            screen = screen.complete(section)
    assert screen.heading == "Check your answers"
    assert EVIDENCE in screen.text
    auditor.press("Submit this audit")
    assert "Your audit is submitted. It can no longer change." in auditor.text


def the_lead_draws_the_sample(lead: Visitor, council: Council, reference: str) -> str:
    """Draw from what is submitted; the answer is the moderator it went to."""
    lead.open("/cycles").follow("November 2026").press("The sample to moderate")
    lead.press("Draw the sample")
    assert "1 of 1 audits are drawn for moderation." in lead.text
    lead.follow(re.compile("^Check this draw"))
    with council.database.reading() as session:
        held = select(Moderation).options(selectinload(Moderation.moderator))
        moderator = next(one.moderator for one in session.scalars(held) if one.audit.reference == reference)
    assert moderator is not None
    return moderator.name


def the_moderator_grades_blind(moderator: Visitor, reference: str, auditor_name: str) -> None:
    """Nothing of the auditor's is on any page before the moderator's own grades are given."""
    moderator.open("/moderations").follow(reference)
    grading = moderator_tool(TOOL)
    pages = [moderator.page.content()]
    sections = [section for section in grading.sections if not section.after_reveal]
    screen = SectionScreen(moderator.follow(sections[0].title))
    for section in sections:
        pages.append(moderator.page.content())
        if section.key == "voice":
            screen.answer({"voice": "requires_improvement", "voice_rationale": "Seen, but twice only since June."})
            screen = screen.save()
        else:
            screen = screen.complete(section)
    pages.append(moderator.page.content())
    for page in pages:
        assert auditor_name not in page
        assert EVIDENCE not in page
        assert STORY not in page
    assert moderator.heading == "Check your grades"
    moderator.page.get_by_label("I know that my grades cannot change afterwards").check()
    moderator.press("Give my grades")


def the_moderator_agrees(moderator: Visitor, reference: str, auditor_name: str) -> None:
    """Both sides, differences first; a reason and a final grade for each; the audit form judged apart."""
    agreement = AgreementScreen(moderator)
    assert f"Audited by {auditor_name}" in agreement.text
    assert EVIDENCE in agreement.text
    first = agreement.page.locator(".app-compare").first.inner_text()
    assert "Different" in first
    assert agreement.differing() == ["voice", "supervision"]
    agreement.agree_without_a_reason()
    agreement.answer({"final_voice": "requires_improvement", "reason_voice": "evidence_missed"})
    agreement.answer({"note_voice": "The wishes of the child are in the notes of two visits."})
    agreement.answer({"final_supervision": "requires_improvement", "reason_supervision": "weighed"})
    agreement.answer({"note_supervision": "Supervision is frequent, and says little of the plan."})
    agreement.answer(dict.fromkeys(("form_evidence", "form_child", "form_actions", "form_tone", "form_sound"), "yes"))
    moderator.press("Agree final grades")
    assert f"Final grades of {reference} are agreed. The auditor can see them." in moderator.text


def the_auditor_sees_the_outcome(auditor: Visitor, reference: str, moderator_name: str) -> None:
    auditor.open("/audits").follow(reference)
    assert "What came of moderation" in auditor.text
    assert "Evidence in the record was missed" in auditor.text
    auditor.open("/your-figures")
    assert moderator_name not in auditor.text


def the_lead_closes_november(lead: Visitor) -> None:
    """What is missing is listed by name, and the month closes all the same."""
    lead.open("/cycles").follow("November 2026").press("Close the month")
    assert "Still missing" in lead.text
    lead.press("Close November 2026", status=400)
    lead.page.get_by_label("I know that this month cannot be opened again").check()
    lead.press("Close November 2026")
    assert "November 2026 is closed. Its figures are kept as they are now." in lead.text


def the_scorecard_tells_of_the_month(dashboard: "DashboardScreen") -> None:
    pdf = dashboard.scorecard("November 2026")
    assert pdf.startswith(b"%PDF")
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert "November 2026" in words
