"""The demo council's register, read from the database after its import, gives every figure that is true of it."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.figures_json import figures_json
from moderation.statistics.measures import compute
from qa_app.demo import demo_file
from qa_app.models import Audit, Case, CountedAnswer, FrameMember, Judgement, Moderation, Snapshot
from qa_app.queries.facts import collect
from qa_app.services.figures import rules
from tests.qa_app.imports import council

TRUTH: dict[str, Any] = json.loads(Path(__file__).parents[2].joinpath("data/truth.json").read_text())
GOOD = ("outstanding", "good")
Share = dict[str, list[int]]


def standing(session: Session, element: str, *, final: bool) -> Share:
    """k and n of good or better by month: the auditors' grades, with the final ones in their place if asked."""
    first, last = aliased(Judgement), aliased(Judgement)
    grade = func.coalesce(last.grade, first.grade) if final else first.grade
    rows = session.execute(
        select(first.month, grade)
        .outerjoin(last, (last.audit_id == first.audit_id) & (last.element == element) & (last.stage == "final"))
        .where(first.element == element, first.stage == "auditor")
    )
    return counted((month, value in GOOD) for month, value in rows if value in {g.value for g in Grade})


def counted(seen: Any) -> Share:
    found: Share = {}
    for month, good in seen:
        k_n = found.setdefault(month.isoformat(), [0, 0])
        k_n[0] += bool(good)
        k_n[1] += 1
    return found


def pairs(session: Session) -> list[tuple[date, bool, str, str]]:
    """Month, certainty stratum, auditor's and moderator's overall grade of every completed blind sampled pair."""
    first, second = aliased(Judgement), aliased(Judgement)
    rows = session.execute(
        select(first.month, FrameMember.certainty, first.grade, second.grade)
        .join(second, (second.audit_id == first.audit_id) & (second.element == "overall"))
        .join(Moderation, Moderation.audit_id == first.audit_id)
        .join(FrameMember, FrameMember.audit_id == first.audit_id)
        .where(first.element == "overall", first.stage == "auditor", second.stage == "moderator")
        .where(Moderation.mode == "blind", Moderation.stream == "sampled", Moderation.state == "agreed")
    )
    return [(month, certain, one, two) for month, certain, one, two in rows]


def truth(key: str) -> Share:
    return {month: figures[key] for month, figures in TRUTH["months"].items()}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_figure_of_the_register_is_the_one_computed_from_its_clean_values(session: Session, ending: str) -> None:
    council.bring_staff(session)
    council.bring_cases(session, demo_file(f"case_list.{ending}"))
    done = council.bring_register(session, demo_file(f"audit_register.{ending}"))
    assert (done.added, done.refused) == (TRUTH["audits"], 0)
    assert session.scalar(select(func.count()).select_from(Audit)) == TRUTH["audits"]
    moderated = select(func.count()).select_from(Moderation).where(Moderation.state == "agreed")
    assert session.scalar(moderated) == TRUTH["moderated"]
    for element in ("overall", "supervision", "plan"):
        for basis in ("final", "auditor"):
            assert standing(session, element, final=basis == "final") == truth(f"{element}_{basis}"), (element, basis)
    for certain, key in ((False, "agree_random_blind"), (True, "agree_always_blind")):
        agreed = counted((month, one == two) for month, stratum, one, two in pairs(session) if stratum is certain)
        assert {month: agreed.get(month, [0, 0]) for month in TRUTH["months"]} == truth(key)
    table = Counter((one, two) for _, certain, one, two in pairs(session) if not certain)
    shown = [[table[one.value, two.value] for two in BEST_FIRST] for one in BEST_FIRST]
    assert shown == TRUTH["table_random_blind_rows_auditor_best_to_worst"]
    frame = Counter((month.isoformat(), certain) for month, certain in session.execute(
        select(FrameMember.month, FrameMember.certainty)
    ))  # fmt: skip
    assert {month: frame[month, False] for month in TRUTH["months"]} == truth("frame_rest")
    assert {month: frame[month, True] for month in TRUTH["months"]} == truth("always")
    yes = session.execute(
        select(CountedAnswer.month, CountedAnswer.audit_id, func.sum(case((CountedAnswer.value == "yes", 1), else_=0)))
        .group_by(CountedAnswer.month, CountedAnswer.audit_id)
    )  # fmt: skip
    assert counted((month, answers == 4) for month, _, answers in yes) == truth("chronology_all_four")


def test_the_measures_of_the_imported_register_are_the_true_ones(session: Session) -> None:
    council.bring_staff(session)
    council.bring_cases(session)
    council.bring_register(session)
    found = figures_json(compute(collect(session), rules(session), date(2026, 10, 1)))["measures"]
    assert found["supervision"]["streak"] == TRUTH["supervision_streak"]
    for window, true in TRUTH["weighted_agreement"].items():
        shown = found["agreement"]["windows"][window]
        assert shown["estimate"] == pytest.approx(true["estimate"], abs=1e-12)
        assert [shown["low"], shown["high"]] == pytest.approx(true["mover"], abs=1e-9)
        strata = [{key: stratum[key] for key in "Nnk"} for stratum in shown["strata"]]
        assert strata == [{key: stratum[key] for key in "Nnk"} for stratum in true["strata"]]
        for figure in ("estimate", "low", "high"):
            wanted = true["corrected_good_or_better"][figure]
            assert found["cases"]["corrected"][window][figure] == pytest.approx(wanted, abs=1e-9), (window, figure)
    for measure, key in (("supervision", "supervision_final"), ("cases", "overall_final"), ("plans", "plan_final")):
        months = {f"{one['month']}-01": [one["k"], one["n"]] for one in found[measure]["months"]}
        assert months == truth(key), measure


def test_the_faults_of_the_case_list_are_each_found(session: Session) -> None:
    council.bring_staff(session)
    done = council.bring_cases(session)
    faults = TRUTH["case_row_faults"]
    refused = faults["badteam"] + faults["nodate"] + faults["noteam"]
    assert done.refused == refused
    assert done.added == TRUTH["case_rows"] - refused - faults["dup"] - faults["closed"]
    assert len(done.refusals) == refused
    assert session.scalar(select(func.count()).select_from(Case)) == done.added


def test_every_imported_month_has_its_snapshot(session: Session) -> None:
    council.bring_staff(session)
    council.bring_register(session)
    months = session.scalars(select(Snapshot.month).where(Snapshot.imported).order_by(Snapshot.month)).all()
    assert [month.isoformat() for month in months] == sorted(TRUTH["months"])
