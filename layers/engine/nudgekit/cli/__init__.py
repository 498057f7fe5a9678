"""The shell's door: `nudgekit up`, `send`, `demo` and the tools around a repository of triggers."""
