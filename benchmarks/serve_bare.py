"""Serves `bare` with exactly the server, options and socket that the platform's own web processes have."""

import sys

from allmende.project.servers import web

web.APPLICATION = "bare"
web.main(int(sys.argv[1]), int(sys.argv[2]))
