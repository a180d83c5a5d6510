"""A choice list looks the same to every browser and screen reader, however it was written."""

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from hypothesis import given
from hypothesis import strategies as st

from allmende.ui.forms import quick

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
choices = st.lists(
    st.tuples(words, words) | st.tuples(words, st.lists(st.tuples(words, words), max_size=3)), max_size=5
)
attributes = st.dictionaries(
    st.sampled_from(["id", "class", "required", "aria-describedby"]), words | st.booleans(), max_size=3
)


@given(words, choices, attributes, st.lists(words, max_size=2))
def test_it_is_what_django_would_have_written(name, options, attrs, chosen):
    select = forms.Select(choices=options)
    context = select.get_context(name, chosen[0] if chosen else None, attrs)
    expected = DjangoTemplates().render(quick.SELECT, context)
    assert parse_html(str(quick.select(context["widget"]))) == parse_html(expected)


def test_nothing_that_people_wrote_becomes_markup():
    select = forms.Select(choices=[('"><script>', "<b>")])
    written = quick.select(select.get_context('"x', None, {"class": '"<'})["widget"])
    assert "<script>" not in written
    assert "<b>" not in written
