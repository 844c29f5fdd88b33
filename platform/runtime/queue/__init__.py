"""The queue of jobs, which is the outbox as well: rows of the business transaction, claimed with a lease."""

from kith.runtime.queue.adding import LATER, USUAL, adding, enqueue, enqueue_once, job_row
from kith.runtime.queue.claiming import Job, claim, extend, is_any_due
from kith.runtime.queue.ending import LostLease, bury, fail, finish, note, put_back
from kith.runtime.queue.looking import STATES, Listed, counts, jobs, kinds, retry, sweep

__all__ = [
    "LATER",
    "STATES",
    "USUAL",
    "Job",
    "Listed",
    "LostLease",
    "adding",
    "bury",
    "claim",
    "counts",
    "enqueue",
    "enqueue_once",
    "extend",
    "fail",
    "finish",
    "is_any_due",
    "job_row",
    "jobs",
    "kinds",
    "note",
    "put_back",
    "retry",
    "sweep",
]
