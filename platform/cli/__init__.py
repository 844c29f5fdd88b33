"""The command-line door: every `kith` command."""
