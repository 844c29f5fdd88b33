"""What a candidate's rules would have made of stored history: evaluated without any effects, beside the current rules."""

from kith.runtime.replaying.judging import KINDS, Difference
from kith.runtime.replaying.running import Replay, Replayed, RuleCount, replay

__all__ = ["KINDS", "Difference", "Replay", "Replayed", "RuleCount", "replay"]
