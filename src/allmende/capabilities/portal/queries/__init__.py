"""Reads of the portal, one file for each part: start page, pages, notices, elections, calendar."""
