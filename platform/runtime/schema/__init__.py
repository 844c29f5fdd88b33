"""The schema: tables of Kith's own, and the tables that a model's entities have under names that never change."""
