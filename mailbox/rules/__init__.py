"""Rules of the house. Pure: no clock, no database, no Flask; callers pass now."""
