"""Read-only views with today's names, for people and programs that read the database themselves."""

from kith.runtime.schema.views.making import drop_views, make_views, missing_views, prepare_views, renew_views

__all__ = ["drop_views", "make_views", "missing_views", "prepare_views", "renew_views"]
