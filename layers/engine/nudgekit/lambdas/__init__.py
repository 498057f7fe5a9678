"""The doors on AWS: one handler for each kind of function, and what they share."""
