"""What OGC SensorThings 1.1 says of bodies, without a database."""
