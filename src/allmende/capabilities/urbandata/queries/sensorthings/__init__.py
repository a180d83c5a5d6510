"""What programs read over OGC SensorThings 1.1."""
