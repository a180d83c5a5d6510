"""The pure part of the opinion map: votes in, groups and findings out. numpy is imported only where it computes."""
