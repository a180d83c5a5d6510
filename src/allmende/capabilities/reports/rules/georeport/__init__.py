"""Open311 GeoReport v2 with the update extension of FixMyStreet and the attributes of CitySDK: pure, no database."""
