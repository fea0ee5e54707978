"""Care of the installation itself: what is removed in time, and the demonstration."""
