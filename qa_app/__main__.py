"""`python -m qa_app`: the command line, with every foreseen fault as one sentence and never a trace."""

import sys

import click

from qa_app.commands import qa
from qa_app.commands.faults import sentence_of


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command.

    Returns:
        0 when all went well, 1 when it did not, 2 when the call or a setting was wrong, 130 when it was stopped.
    """
    try:
        done = qa.main(args=arguments, prog_name="qa", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone: nobody is left to tell
        return 1
    except Exception as fault:
        told = sentence_of(fault)
        if told is None:
            raise
        click.echo(told.sentence, err=True)
        return told.status
    return done if isinstance(done, int) else 0


if __name__ == "__main__":
    sys.exit(main())
