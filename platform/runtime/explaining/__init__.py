"""Why things are as they are, worked out when somebody asks, under his rights and in his language."""

from kith.runtime.explaining.rules import WhyNot, explain_rule
from kith.runtime.explaining.saves import Explanation, RuleTold, explain_save
from kith.runtime.explaining.visibility import Visibility, explain_visibility

__all__ = ["Explanation", "RuleTold", "Visibility", "WhyNot", "explain_rule", "explain_save", "explain_visibility"]
