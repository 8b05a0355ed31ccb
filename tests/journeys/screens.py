"""The pages of the journeys as objects: what can be done on each, and which page comes next."""

from collections.abc import Collection, Mapping
from pathlib import Path

from playwright.sync_api import Error, Locator, expect

from audit_forms.definition import Section
from tests.journeys.visitor import Visitor
from tests.qa_app.audit_answers import complete_section


class Screen:
    """A page that a visitor stands on."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    @property
    def heading(self) -> str:
        return self.visitor.heading

    @property
    def text(self) -> str:
        return self.visitor.text


class FormScreen(Screen):
    """A page with questions, which are known by the names of their boxes."""

    def box(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]')

    def unfold(self, box: Locator) -> None:
        """Open what a box is folded away in."""
        folded = box.locator("xpath=ancestor::details[not(@open)]/summary")
        if folded.count():
            folded.click()

    def choose(self, choice: Locator) -> None:
        """Click a choice; once more where the page moved under the click."""
        try:
            choice.check()
        except Error as fault:
            if "did not change its state" not in fault.message:
                raise
            choice.check()

    def answer(self, answers: Mapping[str, str]) -> None:
        """Answer as a hand would: click the choice, choose in the list, type in the box."""
        for name, said in answers.items():
            boxes = self.box(name)
            self.unfold(boxes.first)
            kind = boxes.first.evaluate("e => e.type")
            if kind in ("radio", "checkbox"):
                self.choose(self.page.locator(f'[name="{name}"][value="{said}"]'))
            elif kind == "select-one":
                boxes.select_option(said)
            else:
                boxes.fill(said)


class SectionScreen(FormScreen):
    """One section of an audit or of a moderation."""

    @classmethod
    def open(cls, visitor: Visitor, path: str) -> "SectionScreen":
        return cls(visitor.open(path))

    def wait_for_autosave(self) -> "SectionScreen":
        """Leave the box and wait until the page says that it is saved."""
        # It may have been saved on a pause before the box was left, and then leaving it sends nothing.
        self.page.keyboard.press("Tab")
        expect(self.page.locator(".app-saved").first).to_contain_text("Saved at")
        self.visitor.look()
        return self

    def save(self, status: int = 200) -> "SectionScreen":
        return SectionScreen(self.visitor.press("Save and continue", status=status))

    def save_and_list(self) -> "AuditScreen":
        return AuditScreen(self.visitor.press("Save and go back to the list"))

    def complete(self, section: Section, *, but: Collection[str] = ()) -> "SectionScreen":
        """Answer what this section needs, `but` for what is answered already, and go on to the next."""
        assert self.heading == section.title
        self.answer({name: said for name, said in complete_section(section).items() if name not in but})
        return self.save()


class AuditScreen(Screen):
    """An audit while it is recorded: its sections and how far each is."""

    def reveal(self) -> str:
        """The case reference, and back to the audit."""
        self.visitor.press("Show the case reference")
        found = self.page.locator(".app-number").inner_text()
        self.visitor.follow("Go back to the audit")
        return found

    def section(self, title: str) -> SectionScreen:
        return SectionScreen(self.visitor.follow(title))

    def check(self) -> "CheckScreen":
        return CheckScreen(self.visitor.press("Check and submit"))


class CheckScreen(Screen):
    """The last page before submitting."""

    def submit(self) -> Screen:
        return Screen(self.visitor.press("Submit this audit"))

    def submit_too_soon(self) -> "CheckScreen":
        return CheckScreen(self.visitor.press("Submit this audit", status=400))


class WorkList(Screen):
    """The audits of an auditor."""

    @classmethod
    def open(cls, visitor: Visitor) -> "WorkList":
        return cls(visitor.open("/audits"))

    def audit(self, reference: str) -> AuditScreen:
        return AuditScreen(self.visitor.follow(reference))


class AgreementScreen(FormScreen):
    """Both sides of a moderated audit, and what comes of each difference."""

    def differing(self) -> list[str]:
        """The elements on which the two differ, in the order of the page."""
        names = self.page.locator('select[name^="final_"]').evaluate_all("all => all.map(e => e.name)")
        return [str(name).removeprefix("final_") for name in names]

    def agree_without_a_reason(self) -> "AgreementScreen":
        return AgreementScreen(self.visitor.press("Agree final grades", status=400))


class UploadScreen(Screen):
    """The page to choose a file."""

    def send(self, path: Path, data: bytes, status: int = 200) -> Screen:
        """Upload these bytes under a name."""
        path.write_bytes(data)
        self.page.locator('input[type="file"]').set_input_files(path)
        return Screen(self.visitor.press("Upload and check", status=status))


class DashboardScreen(Screen):
    """The figures, and the tables under their charts."""

    @classmethod
    def open(cls, visitor: Visitor) -> "DashboardScreen":
        return cls(visitor.open("/dashboard"))

    def shares(self, measure: str) -> dict[str, tuple[str, str]]:
        """Of a measure by month: the month as the table names it -> its k and n."""
        table = self.page.locator(f"#{measure} details table").first
        rows = table.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.children].map(cell => cell.textContent.trim()))"
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def strip(self) -> dict[str, str]:
        """The targets strip: the name of each -> all that stands on its card."""
        cards = self.page.locator(".app-target")
        return {card.locator("h2").inner_text(): card.inner_text() for card in cards.all()}

    def scorecard(self, month: str) -> bytes:
        """The PDF behind the button."""
        button = self.page.get_by_role("button", name=f"Download the scorecard of {month} (PDF)")
        with self.page.expect_download() as download:
            button.click()
        return Path(download.value.path()).read_bytes()
