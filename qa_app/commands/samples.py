"""`qa verify-sample`: the draws of a month made again from their record, and compared."""

from typing import TYPE_CHECKING

import click

from qa_app.commands import place
from qa_app.commands.faults import CommandFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from qa_app.models import Draw

DIFFERS, UNVERIFIABLE = 1, 3


@click.command("verify-sample")
@click.argument("cycle", metavar="CYCLE")
def verify_sample(cycle: str) -> int:
    """Draw the moderation sample of a month, such as 2026-10, again and compare.

    Exits with 0 when every draw is the same, 1 when something differs, and 3 when a draw was made outside this service
    and came in with a register, so that it cannot be made again.
    """
    with place.reading() as session:
        draws = _draws(session, cycle)
        return max((_verified(session, draw) for draw in draws), key=(0, UNVERIFIABLE, DIFFERS).index)


def _draws(session: "Session", cycle: str) -> "Sequence[Draw]":
    from moderation.statistics import months
    from qa_app.queries import samples
    from qa_app.reports.dates import month_name

    try:
        month = months.read(cycle)
    except ValueError as fault:
        raise CommandFault(str(fault)) from fault
    draws = samples.draws_of_month(session, month)
    if not draws:
        raise CommandFault(f"No sample has been drawn for {month_name(month)}.")
    return draws


def _verified(session: "Session", draw: "Draw") -> int:
    """Say of one draw whether it is the same; the exit status."""
    from qa_app.reports.dates import month_name
    from qa_app.services import sample_proof, sample_record

    click.echo(f"Draw of {month_name(sample_record.cycle_of(session, draw).month)}, {draw.drawn_at:%Y-%m-%d %H:%M} UTC")
    if not sample_proof.is_verifiable(draw):
        click.echo("  Cannot be verified: it was drawn outside this service and came in with a register.")
        return UNVERIFIABLE
    drawn = sample_record.recorded(session, draw)
    further = sample_record.supplements(session, draw)
    click.echo(f"  Seed {draw.seed}")
    click.echo(f"  Frame of {len(draw.frame['audits'])} audits, SHA-256 {draw.frame_sha256}")
    click.echo(f"  Plan, SHA-256 {draw.rule.get('plan_sha256', 'not recorded')}")
    for stratum in drawn.strata:
        more = sum(len(one.drawn) for one in further if one.stratum == stratum.rule.name)
        added = f", {more} more since" if more else ""
        click.echo(f"  {stratum.rule.text}: {len(stratum.drawn)} of {len(stratum.audits)}{added}")
    faults = sample_proof.faults(session, draw)
    for fault in faults:
        click.echo(f"  DIFFERS: {fault}")
    if not faults:
        click.echo("  The same audits were drawn again.")
    return DIFFERS if faults else 0
