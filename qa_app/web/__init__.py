"""The pages: routes of a few lines that read a form, call one service, and redirect or render.

A screen is a module of this package with a blueprint called `screen`: adding one is adding the module.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from flask import Blueprint, Flask


def install(app: Flask) -> None:
    """Put every screen, the error pages, the template environment and the note of what is opened on the application."""
    for part in ("rendering", "navigation", "widgets", "errors", "viewed"):
        import_module(f"{__name__}.{part}").install(app)
    for screen in screens():
        app.register_blueprint(screen)


def screens() -> Iterator[Blueprint]:
    """The blueprint of every module here that has one, by the modules' names."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        screen = getattr(import_module(f"{__name__}.{found.name}"), "screen", None)
        if isinstance(screen, Blueprint):
            yield screen
