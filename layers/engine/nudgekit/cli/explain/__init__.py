"""Triggers explained in plain words: in the terminal, in docs/triggers, in the inbox."""
