"""Forms: shape only; rules are asked by the actions."""
