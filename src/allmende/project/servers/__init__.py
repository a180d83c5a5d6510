"""The servers that `allmende up` starts itself: PostgreSQL and NATS from their wheels, and our own processes."""
