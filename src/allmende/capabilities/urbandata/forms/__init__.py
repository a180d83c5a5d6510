"""What comes in, checked for its shape."""
