"""Records that come with an app: reference data with every release, demo data where it is asked for."""

from kith.runtime.loading.demo import load_demo
from kith.runtime.loading.planned import changes_of_data
from kith.runtime.loading.reference import apply_reference
from kith.runtime.loading.saving import NotLoaded

__all__ = ["NotLoaded", "apply_reference", "changes_of_data", "load_demo"]
