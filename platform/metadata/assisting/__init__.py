"""Help for those who write documents: problems, what could come next, what a name means and where it is used; no protocol."""

from kith.metadata.assisting.completing import complete
from kith.metadata.assisting.explaining import Description, describe
from kith.metadata.assisting.finding import Found, found_at, uses
from kith.metadata.assisting.mending import Mend, formatted, mends, problems_of
from kith.metadata.assisting.project import Project, State
from kith.metadata.assisting.proposing import Proposal
from kith.metadata.assisting.renaming import Refusal, renamable, rename
from kith.metadata.scalars import applied

__all__ = [
    "Description",
    "Found",
    "Mend",
    "Project",
    "Proposal",
    "Refusal",
    "State",
    "applied",
    "complete",
    "describe",
    "formatted",
    "found_at",
    "mends",
    "problems_of",
    "renamable",
    "rename",
    "uses",
]
