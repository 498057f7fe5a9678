"""nudgekit: rules-as-code trigger functions for customer engagement."""
