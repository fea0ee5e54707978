"""Alarms: an outbox written with the letter, a worker that sends it, and its acknowledgement."""
