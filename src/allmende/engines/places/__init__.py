"""Where things are: districts, streets, addresses and landmarks of the city, finding them by words and by a point.

The one map component with its layers and the equal list beside it, and the place picker that every form may use.
Places come from files that the city holds; no request ever leaves for a foreign geocoder.
"""
