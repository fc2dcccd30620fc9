"""The errors that end a command, one class for each exit code."""


class EcosystemError(Exception):
    """A step failed. The text is one sentence for the user: what failed, where, and what to do next.

    It names the system, entity, field, value or file that it is about, and never holds a secret or personal data.
    Exit code 1.
    """

    exit_code = 1


class UsageError(EcosystemError):
    """The command or a setting was given in a way that cannot be meant. Exit code 2."""

    exit_code = 2


class GateBlocked(EcosystemError):
    """The gate refused a build: the last good publication stays. Exit code 3."""

    exit_code = 3
