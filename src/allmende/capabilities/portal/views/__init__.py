"""Pages of the portal, one file for each part; `urls.py` names them."""
