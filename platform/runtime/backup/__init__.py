"""Backups: everything that a workspace is, in one file that either engine can be restored from."""

from kith.runtime.backup.file import Contents, Damaged, Unreadable, contents_of, verify
from kith.runtime.backup.restoring import NotEmpty, Restored, restore
from kith.runtime.backup.saving import BeingApplied, back_up

__all__ = [
    "BeingApplied",
    "Contents",
    "Damaged",
    "NotEmpty",
    "Restored",
    "Unreadable",
    "back_up",
    "contents_of",
    "restore",
    "verify",
]
