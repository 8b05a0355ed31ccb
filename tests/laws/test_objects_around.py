"""What goes on around audits, asked for by everybody: who opens which action, alert, reflection, letter and the rest.

Who sees which is said in `around.py` row by row, from the rows themselves, so that either this or `access/` being wrong
shows. Of rows between which no rule makes a difference for people of the same roles, one is asked for.
"""

import re
from collections.abc import Iterator

from qa_app.access import guard
from qa_app.access.permissions import Role, may
from tests.laws.around import CHECKS, Council
from tests.laws.conftest import Standing
from tests.laws.telling import Telling
from tests.laws.test_objects import Reader

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def asked_for(council: Council, reader: Reader) -> Iterator[tuple[str, bool, tuple[object, ...]]]:
    """Every address with an id, whether it opens by the rules, and all that the rules ask."""
    lead = Role.QA_LEAD in reader.roles
    for action in council.actions:
        base, facts = f"/actions/{action.id}", council.action_facts(reader, action)
        yield base, council.sees_action(reader, action), facts
        yield f"{base}/done", council.does(reader, action), facts
        yield f"{base}/check", council.checks(reader, action), facts
        yield f"{base}/due", council.checks(reader, action), facts
        yield f"{base}/give", council.gives(reader, action), facts
        yield f"{base}/cancel", council.cancels(reader, action), facts
    for alert, told in council.alerts:
        facts = (*council.facts(reader, alert.audit_id), reader.person.id in told) if reader.roles & CHECKS else ()
        yield f"/alerts/{alert.id}", council.sees_alert(reader, alert, told), facts
    for reflection in council.reflections:
        audit = reflection.audit_id
        row = council.audits[audit]
        facts = council.feedback_facts(reader, reflection)
        yield f"/reflections/{reflection.id}", council.reflects(reader, reflection), facts
        yield f"/disputes/{reflection.id}", council.decides(reader, reflection), facts
        yield f"/audits/{audit}/letter", council.reads_letter(reader, audit), facts
        yield f"/audits/{audit}/letter.pdf", council.reads_letter(reader, audit), facts
        yield f"/audits/{audit}/audit.pdf", reader.reads(row), facts
        yield f"/audits/{audit}/reflection", Role.QA_LEAD in reader.roles and reader.reads(row), facts
        yield f"/audits/{audit}/restricted", False, ()
    for reaudit in council.reaudits:
        yield (
            f"/re-audits/{reaudit.id}",
            council.sees_reaudit(reader, reaudit),
            council.facts(reader, reaudit.first_id) if lead else (),
        )


def everything(standing: Standing, reader: Reader) -> Iterator[tuple[str, bool, tuple[object, ...]]]:
    yield from asked_for(standing.council, reader)
    yield from standing.seconds.opened(reader)


def facts_of(standing: Standing, reader: Reader, address: str, facts: tuple[object, ...]) -> tuple[object, ...]:
    """What the rules ask: nothing more of somebody who has no right to the page at all."""
    endpoint, _ = standing.app.url_map.bind("localhost").match(address)
    can = guard.permission_of(standing.app, endpoint)
    return facts if can is not None and may(reader.roles, can) else ()


def test_everybody_opens_exactly_what_is_theirs(standing: Standing) -> None:
    wrong, opened, refused, tells = [], set(), set(), Telling()
    for who, reader in standing.council.readers.items():
        client = standing.sign_in(reader.person)
        for address, allowed, facts in everything(standing, reader):
            page = ID.sub("*", address)
            if not tells((page, reader.roles, allowed), facts_of(standing, reader, address, facts)):
                continue
            status = client.get(address).status_code
            if status not in ((200,) if allowed else (403, 404)):
                wrong.append((who, address, status, "allowed" if allowed else "refused"))
            (opened if allowed else refused).add(page)
    assert wrong == []
    assert len(opened) == 35
    assert refused == opened | {"/audits/*/restricted"}
