"""Program interface of the portal: one router, each part adds its own."""

from ninja import Router

router = Router()
