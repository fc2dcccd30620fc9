"""Settings, paths, clock, locks and the command-line program.

Nothing here imports another part of the project, except the commands of :mod:`ecosystem.cli`, which import them
when called.
"""
