"""Groups of commands that know which command was probably meant, and list each with its whole sentence."""

from __future__ import annotations

import click

from sestriage.cli.language import say


class NamedGroup(click.Group):
    """A group of ours: errors in our words, with the nearest name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the command that was probably meant for one that is unknown."""
        name, known = args[0], self.list_commands(ctx)
        if name in known or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from sestriage.model.known.spelling import nearest

        near = nearest(name, known)
        told = say("there is no command {name}", name=repr(name))
        if near is not None:
            told = say("there is no command {name} (did you mean {near}?)", name=repr(name), near=repr(near))
        raise click.UsageError(told, ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the first sentence of its help, however narrow the terminal is."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(say("Commands")):
            formatter.write_dl([(name, command.get_short_help_str(1000)) for name, command in commands if command])


def unknown_option(error: click.NoSuchOption) -> str:
    """What is told of an option that a command does not have."""
    from sestriage.model.known.spelling import nearest

    known = [name for option in error.ctx.command.params for name in option.opts] if error.ctx else []
    near = nearest(error.option_name, [name for name in known if name.startswith("-")])
    if near is None:
        return say("there is no option {name}", name=repr(error.option_name))
    return say("there is no option {name} (did you mean {near}?)", name=repr(error.option_name), near=repr(near))
