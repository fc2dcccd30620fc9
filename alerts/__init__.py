"""Published signals become mails: signals -> lifecycle -> ledger -> routing -> mail -> delivery.

Reads the current publication and the alert routes, writes the ledger, sends mail. Imports no other part of the project
but ``ecosystem`` and ``config``.
"""
