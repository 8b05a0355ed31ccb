"""The demo council brought in the way a council does it: staff, cases, then the register."""

from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.demo import demo_file
from qa_app.intake.limits import Limits
from qa_app.services import people
from qa_app.services.batches import Outcome
from qa_app.services.imports.cases import import_cases
from qa_app.services.imports.register import import_register
from tests.world import AT, SECRETS

KEYS = CaseKeys(SECRETS["case_key"])
BY = "test"


def bring_staff(session: Session) -> Outcome:
    read = people.read_file(session, demo_file("staff.csv"), limits=Limits())
    return people.apply_staff(session, read, by=BY, at=AT)


def bring_cases(session: Session, data: bytes | None = None, *, whole_list: bool = False) -> Outcome:
    return import_cases(
        session, data or demo_file("case_list.csv"), keys=KEYS, by=BY, at=AT, whole_list=whole_list, limits=Limits()
    )


def bring_register(session: Session, data: bytes | None = None) -> Outcome:
    return import_register(session, data or demo_file("audit_register.csv"), keys=KEYS, by=BY, at=AT, limits=Limits())


def bring_everything(session: Session) -> None:
    """The staff list, the case list and the register."""
    bring_staff(session)
    bring_cases(session)
    bring_register(session)


def csv_file(headings: str, *rows: str) -> bytes:
    return "\n".join((headings, *rows)).encode()
