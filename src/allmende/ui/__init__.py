"""How the city looks and speaks: tokens of the city pack, base page, components, forms, error pages.

Everything that practice.md calls "Reach" is written here once, so that no room has to think of it. The components
are KERN UX (the German administrations' own) with the city's colours on top; the gallery at /ui/ shows each of them in
every state. Rooms extend `ui/base.html`, include `ui/parts/…` and derive their forms from `ui.forms.Form`.
"""
