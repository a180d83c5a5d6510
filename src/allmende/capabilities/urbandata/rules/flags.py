"""What can be doubtful about a value, as bits. The raw value always stays."""

SOURCE = 1
"""The source itself has marked it: outage, estimated, calibration."""
