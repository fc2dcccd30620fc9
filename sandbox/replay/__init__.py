"""Real files served as if two systems held them: SCMS orders as SAP documents, a ServiceNow log as incidents."""

from sandbox.replay.errors import ReplayFileError
from sandbox.replay.replay import FIRST_NOW, Replay

__all__ = ["FIRST_NOW", "Replay", "ReplayFileError"]
