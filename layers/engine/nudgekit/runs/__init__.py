"""The life of a run: arm, wake, decide, claim, hand off, climb, finish; and the ports it needs."""
