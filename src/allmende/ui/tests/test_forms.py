import dataclasses
import hashlib
import time
from pathlib import Path

import pytest
from django import forms as django_forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from allmende.core.errors import Closed, Invalid, NotAllowed
from allmende.ui import forms


@pytest.fixture(autouse=True)
def german():
    with translation.override("de"):
        yield


@pytest.fixture
def uploads(tmp_path, settings):
    settings.CONFIG = dataclasses.replace(settings.CONFIG, home=tmp_path)
    return tmp_path / settings.CONFIG.city / "uploads"


class Example(forms.Form):
    title = django_forms.CharField(label="Titel", help_text="In einem Satz.", max_length=20)
    body = forms.LongText(label="Beschreibung", max_length=50, required=False)
    kind = django_forms.ChoiceField(
        label="Antwort", choices=[("a", "Brief"), ("b", "E-Mail")], widget=django_forms.RadioSelect
    )
    email = django_forms.EmailField(label="E-Mail", required=False)
    day = forms.DateField(label="Tag", required=False)
    image = forms.KeptFile(label="Bild", max_size=1000, required=False)
    agree = django_forms.BooleanField(label="Ich bin einverstanden.")


GOOD = {"title": "Bänke", "kind": "a", "agree": "on"}


def test_each_field_has_label_hint_and_error_that_belong_to_it(tree):
    html = str(Example({"title": "", "email": "nein"}))
    page = tree(html)
    assert page.broken_references() == set()
    assert len(page.ids) == len(set(page.ids))
    (title,) = page.all("input", name="title")
    assert title["aria-invalid"] == "true"
    assert title["aria-describedby"] == "id_title_helptext id_title_error"
    assert "maxlength" not in page.all("textarea", name="body")[0]
    assert "Höchstens 50 Zeichen." in html


def test_the_summary_counts_and_says_the_same_as_the_fields(tree):
    form = Example({"title": "", "body": "x" * 51})
    html = render_to_string("ui/parts/errors.html", {"form": form})
    assert f"Bitte prüfen Sie {len(form.problems)} Angaben" in html
    assert [text for _id, text in form.problems] == [
        "Bitte füllen Sie das Feld „Titel“ aus.",
        "Bitte kürzen Sie „Beschreibung“ auf 50 Zeichen. Jetzt sind es 51.",
        "Bitte wählen Sie bei „Antwort“ etwas aus.",
        "Bitte bestätigen Sie: Ich bin einverstanden.",
    ]
    fields = str(form)
    for id_, text in form.problems:
        assert text in html
        assert text in fields
        assert id_ in tree(fields).ids
    (summary,) = tree(html).all("div", id="errors")
    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary


def test_a_form_without_errors_shows_no_summary():
    assert render_to_string("ui/parts/errors.html", {"form": Example()}).strip() == ""


def test_what_was_typed_is_still_there():
    html = str(Example({"title": 'Ein "Satz" <b>', "day": "32.13.2027"}))
    assert "Ein &quot;Satz&quot; &lt;b&gt;" in html
    assert 'type="text" name="day" value="32.13.2027"' in html


def test_a_line_break_counts_once_whatever_the_browser_sends():
    form = Example({**GOOD, "body": "ab\r\n" * 16 + "ab"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["body"] == "ab\n" * 16 + "ab"


def test_a_room_may_have_its_own_sentence():
    class Own(forms.Form):
        name = django_forms.CharField(label="Name", error_messages={"required": "Wie heißt die Gruppe?"})

    assert Own({"name": ""}).problems == [("id_name", "Wie heißt die Gruppe?")]


def test_a_file_is_kept_while_the_form_comes_back(uploads, tree):
    first = Example({"title": ""}, {"image": SimpleUploadedFile("bank.jpg", b"picture", "image/jpeg")})
    assert not first.is_valid()
    html = str(first)
    assert "bank.jpg" in html
    (hidden,) = tree(html).all("input", name="image_kept")
    second = Example({**GOOD, "image_kept": hidden["value"]}, {})
    assert second.is_valid(), second.errors
    assert second.cleaned_data["image"].read() == b"picture"
    assert second.cleaned_data["image"].name == "bank.jpg"


def test_a_kept_file_can_be_left_out(uploads):
    kept = forms.keep(SimpleUploadedFile("bank.jpg", b"picture"))
    form = Example({**GOOD, "image_kept": kept.token, "image_remove": "1"}, {})
    assert form.is_valid()
    assert form.cleaned_data["image"] is None


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "WyJ4Il0:1:abc"])
def test_a_token_that_is_not_ours_opens_nothing(uploads, token):
    assert forms.kept_file(token) is None


def test_kept_files_are_private_and_go_after_a_day(uploads):
    forms.keep(SimpleUploadedFile("bank.jpg", b"picture"))
    assert uploads.stat().st_mode & 0o077 == 0
    assert forms.forget_old_uploads(time.time() + 3600) == 0
    assert forms.forget_old_uploads(time.time() + 25 * 3600) == 1
    assert list(uploads.iterdir()) == []


def test_a_file_that_is_too_large_is_refused_in_words(uploads):
    form = Example(GOOD, {"image": SimpleUploadedFile("bank.jpg", b"x" * 1001)})
    assert not form.is_valid()
    assert "Bitte wählen Sie eine kleinere." in str(form.errors["image"])


def test_what_an_action_refuses_stands_at_its_field():
    form = Example(GOOD)
    assert form.is_valid()
    with form.attempt():
        raise Invalid(fields={"title": "Diesen Titel gibt es schon."})
    assert form.problems == [("id_title", "Diesen Titel gibt es schon.")]


def test_a_closed_period_stands_above_the_fields():
    form = Example(GOOD)
    assert form.is_valid()
    with form.attempt():
        raise Closed("Die Ideensammlung ist seit gestern geschlossen.")
    assert form.problems == [("", "Die Ideensammlung ist seit gestern geschlossen.")]


def test_a_missing_right_is_no_matter_of_the_form():
    form = Example(GOOD)
    with pytest.raises(NotAllowed), form.attempt():
        raise NotAllowed


def test_a_form_keeps_its_own_key_when_it_comes_back():
    form = Example({"title": "", "_once": "0" * 32})
    assert form.once == "0" * 32
    assert Example({"_once": '"><script>'}).once.isalnum()
    assert Example().once != Example().once


class Proved(forms.Form):
    proof = True
    title = django_forms.CharField(label="Titel")


def solved(challenge):
    for nonce in range(10_000_000):
        digest = int.from_bytes(hashlib.sha256(f"{challenge}:{nonce}".encode()).digest())
        if digest >> (256 - Proved().difficulty) == 0:
            return str(nonce)
    raise AssertionError


def test_a_browser_that_worked_is_believed():
    challenge = Proved().challenge
    assert Proved({"title": "x", "_challenge": challenge, "_proof": solved(challenge)}).proven


@given(challenge=st.text(max_size=80), nonce=st.text(max_size=30))
def test_without_work_a_post_is_looked_at_by_a_person_and_never_an_error(challenge, nonce):
    form = Proved({"title": "x", "_challenge": challenge, "_proof": nonce})
    assert form.is_valid()
    assert not form.proven


@given(st.dictionaries(st.sampled_from(list(Example.base_fields)), st.text(max_size=200)))
def test_no_input_breaks_a_form(data):
    form = Example(data)
    form.is_valid()
    assert "<label" in str(form)


def test_code_fields_can_be_pasted_into():
    class Code(forms.Form):
        code = forms.CodeField(label="Code")

    form = Code({"code": " k7m-2qx "})
    assert form.is_valid()
    assert form.cleaned_data["code"] == "K7M2QX"
    assert 'autocomplete="one-time-code"' in str(form)


def test_no_form_part_needs_inline_code(no_inline):
    folder = Path(__file__).parents[1] / "templates/ui"
    for template in folder.rglob("*.html"):
        no_inline(template.read_text())
