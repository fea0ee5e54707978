"""Acts on a letter: post, collect by code, read, claim, correct, answer."""
