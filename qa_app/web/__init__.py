"""The pages: routes of a few lines that read a form, call one service, and redirect or render."""

from flask import Flask

from qa_app.web import (
    account,
    agreement,
    audits,
    case_draws,
    cases,
    cycles,
    dashboard,
    data_notes,
    errors,
    expectations,
    figures,
    health,
    imports,
    moderations,
    navigation,
    people,
    recording,
    regrading,
    rendering,
    roles,
    scorecard,
    settings,
    sign_in,
    start,
    submission,
)

SCREENS = (
    account,
    agreement,
    audits,
    case_draws,
    cases,
    cycles,
    dashboard,
    data_notes,
    expectations,
    figures,
    health,
    imports,
    moderations,
    people,
    recording,
    regrading,
    roles,
    scorecard,
    settings,
    sign_in,
    start,
    submission,
)


def install(app: Flask) -> None:
    """Put every screen, the error pages and the template environment on the application."""
    rendering.install(app)
    navigation.install(app)
    errors.install(app)
    for screen in SCREENS:
        app.register_blueprint(screen.screen)
