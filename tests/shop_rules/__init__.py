"""A shop of the tests' own: four triggers with different keys, purposes, ladders and limits, and a strict policy."""
