"""The protocols as clients see them: one module per system, and the small parts that they share.

A face is a pure function of a request and of the documents behind it; it knows nothing of sockets.
"""
