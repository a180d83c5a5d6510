"""What a chart's parts have in common is said once; nothing about any of them changes by that."""

from xml.etree import ElementTree as ET

from allmende.ui import charts

DRAWN = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><g transform="translate(0,0)">
<g><path d="M0,0h4" fill="{charts.BAR}"/><path d="M0,9h4" fill="{charts.BAR}"/></g>
<g transform="translate(2,0)"><text fill="{charts.INK}" font-size="15px" text-anchor="end">Ja</text>
<text fill="{charts.SOFT}" font-size="15px" text-anchor="end">Nein</text></g>
<g><g><line x2="3" stroke="{charts.LINE}" stroke-width="2"/></g></g></g></svg>"""


def leaves(element, inherited=None):
    """Every part with all that holds for it."""
    own = {**(inherited or {}), **{name: element.get(name) for name in charts._INHERITED if name in element.attrib}}
    if element.tag in {"svg", "g"}:
        return [leaf for part in element for leaf in leaves(part, {} if element.tag == "svg" else own)]
    return [(element.tag, element.text, element.get("d"), own)]


def test_what_the_parts_of_a_chart_share_is_said_once():
    shown = charts.clean(DRAWN)
    assert leaves(ET.fromstring(shown)) == [
        ("path", None, "M0,0h4", {"class": "chart__bar"}),
        ("path", None, "M0,9h4", {"class": "chart__bar"}),
        ("text", "Ja", None, {"class": "chart__ink", "font-size": "15px", "text-anchor": "end"}),
        ("text", "Nein", None, {"class": "chart__soft", "font-size": "15px", "text-anchor": "end"}),
        ("line", None, None, {"class": "chart__line-edge", "stroke-width": "2"}),
    ]
    assert [shown.count(text) for text in ("chart__bar", "15px", "translate(0,0)")] == [1, 1, 0]
    assert "translate(2,0)" in shown
