"""Urban data.

What the city measures: places and devices that measure, series of values with their unit, source and licence. Everybody
reads them as sentences, charts and tables; programs read and write them over the OGC SensorThings API 1.1. Values are
kept raw; what is judged about them stands beside them.
"""
