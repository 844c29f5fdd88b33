"""Why things are as they are, worked out when somebody asks, under his rights and in his language."""

from kith.runtime.explaining.listing import Listing, explain_list, lists_of
from kith.runtime.explaining.rules import WhyNot, explain_rule
from kith.runtime.explaining.saves import Explanation, RuleTold, explain_save
from kith.runtime.explaining.visibility import Visibility, explain_visibility

__all__ = [
    "Explanation",
    "Listing",
    "RuleTold",
    "Visibility",
    "WhyNot",
    "explain_list",
    "explain_rule",
    "explain_save",
    "explain_visibility",
    "lists_of",
]
