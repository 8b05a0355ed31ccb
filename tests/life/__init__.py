"""The life of audits with ten people at work on them at once."""
