"""What nudgekit talks about: events, people, what they did and allowed, runs, messages, decisions."""
