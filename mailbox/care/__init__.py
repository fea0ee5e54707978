"""What follows from a letter: cases, mandatory reports, follow-ups, talk records. Everything sealed to the case key."""
