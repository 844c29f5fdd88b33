"""What a candidate's rules would have made of stored history: evaluated without any effects, beside the current rules."""

from kith.runtime.replaying.effects import KINDS
from kith.runtime.replaying.running import Replay, Replayed, RuleCount, replay
from kith.runtime.replaying.telling import Difference

__all__ = ["KINDS", "Difference", "Replay", "Replayed", "RuleCount", "replay"]
