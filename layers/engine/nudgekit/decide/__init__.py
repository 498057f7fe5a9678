"""From everything known about a run to what to do with it now, purely."""
