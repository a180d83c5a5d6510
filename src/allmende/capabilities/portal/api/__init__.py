"""Program interface of the portal: one router, each part adds its own."""

from ninja import Router

from allmende.capabilities.portal.api import calendar, notices, pages

router = Router()
router.add_router("pages", pages.router)
router.add_router("notices", notices.router)
router.add_router("events", calendar.router)
