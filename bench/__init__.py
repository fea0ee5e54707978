"""How fast the mailbox is, measured on the real program. Owns figures and targets; nothing in the house imports it."""
