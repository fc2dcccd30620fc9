"""The one error of the readers."""


class ReplayFileError(ValueError):
    """A file of the replay is missing or holds something its reader does not know; the text is one sentence."""
