"""The pages: routes of a few lines that read a form, call one service, and redirect or render."""

from flask import Flask

from qa_app.web import (
    account,
    audits,
    case_draws,
    cases,
    cycles,
    errors,
    expectations,
    health,
    imports,
    navigation,
    people,
    recording,
    rendering,
    roles,
    settings,
    sign_in,
    start,
    submission,
)

SCREENS = (
    account,
    audits,
    case_draws,
    cases,
    cycles,
    expectations,
    health,
    imports,
    people,
    recording,
    roles,
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
