"""What auditors read and were trained in, as rows: a document that is published, one that is a draft, and training."""

from datetime import date

from sqlalchemy.orm import Session

from qa_app.models import Document, DocumentDraft, DocumentVersion, SupportCount, Training
from qa_app.services.documents import Text
from tests.conftest import AT
from tests.laws.more import Things
from tests.world import World

DRAFTED = Text("How to moderate", "Grade blind.", "First.", for_auditors=False, for_moderators=True)


def give_development(session: Session, world: World, made: Things) -> None:
    """One of each that stands, a draft, and training that is withdrawn."""
    said = {"title": DRAFTED.title, "words": DRAFTED.words, "change": DRAFTED.change, "for_auditors": True,
            "for_moderators": True}  # fmt: skip
    for kind, state in (("audit", "published"), ("moderation", "draft")):
        document = Document(kind=kind, made_at=AT, made_by="test")
        session.add(document)
        session.flush()
        made.documents[state] = document.id
        if state == "draft":
            text = {**said, "for_auditors": False}
            session.add(DocumentDraft(document_id=document.id, saved_at=AT, saved_by="test", **text))
        else:
            session.add(
                DocumentVersion(
                    document_id=document.id, version=1, sha256="0" * 64, published_at=AT, published_by="test", **said
                )
            )
    for withdrawn in (False, True):
        one = Training(
            person_id=world.people["manager_care"].id, kind="auditor", held_on=date(2026, 10, 1), provider="Team",
            recorded_at=AT, recorded_by="test", withdrawn_at=AT if withdrawn else None,
            withdrawn_by="test" if withdrawn else None, withdrawn_reason="Twice." if withdrawn else "",
        )  # fmt: skip
        session.add(one)
        session.flush()
        made.trainings[one.id] = not withdrawn
    count = SupportCount(
        service_id=world.services["South"].id, kind="group", period_from=date(2026, 10, 1),
        period_to=date(2026, 10, 31), k=1, n=2, origin="HR", dated=date(2026, 11, 2), recorded_at=AT,
        recorded_by="test",
    )  # fmt: skip
    session.add(count)
    session.flush()
    made.support = [count.id]
