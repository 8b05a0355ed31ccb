"""The pages: routes of a few lines that read a form, call one service, and redirect or render."""

from flask import Flask

from qa_app.web import (
    account,
    cases,
    errors,
    health,
    imports,
    navigation,
    people,
    rendering,
    roles,
    settings,
    sign_in,
    start,
)

SCREENS = (account, cases, health, imports, people, roles, settings, sign_in, start)


def install(app: Flask) -> None:
    """Put every screen, the error pages and the template environment on the application."""
    rendering.install(app)
    navigation.install(app)
    errors.install(app)
    for screen in SCREENS:
        app.register_blueprint(screen.screen)
