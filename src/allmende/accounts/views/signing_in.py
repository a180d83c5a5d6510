"""allauth's flows on our pages: errors with status 422, limits that name the waiting time, a way out of each step."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar, cast

from allauth.account import views as theirs
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from allmende.accounts import queries, sessions, visitors
from allmende.accounts.models import Person
from allmende.accounts.seeds import DEMO_PEOPLE
from allmende.core.errors import TooMany
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.ui.forms import Form

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """How often a form may be sent. `field` counts per address typed there, else per person or connection."""

    scope: str
    times: int
    per: timedelta = HOUR
    field: str = ""


PER_ADDRESS = Limit("accounts.code.address", 8, field="email")
SENDS_CODE = (Limit("accounts.code", 30), PER_ADDRESS)
TAKES_CODE = (Limit("accounts.enter", 60),)
CHANGES_PASSWORD = (Limit("accounts.change_password", 10),)


class Page:
    """Beside one of allauth's views: our title, our errors, our limits."""

    title: ClassVar[Text] = ""
    limits: ClassVar[tuple[Limit, ...]] = ()
    request: HttpRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            for limit in self.limits:
                subject = request.POST.get(limit.field, "").strip().lower() if limit.field else ""
                visitors.limit(request, limit.scope, times=limit.times, per=limit.per, subject=subject)
        except TooMany as error:
            return self.too_many(error)
        return cast("HttpResponse", super().post(request, *args, **kwargs))  # type: ignore[misc]

    def too_many(self, error: TooMany) -> HttpResponse:
        """The form as it was typed, nothing in it checked, with the time from which it works again."""
        form = cast("Form", self.get_form())  # type: ignore[attr-defined]
        if isinstance(form, Form):
            form._errors, form.cleaned_data = ErrorDict(), {}  # type: ignore[attr-defined]
            form.add_domain_error(error)
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        if error.retry_at is not None:
            wait = error.retry_at - cast("Request", self.request).at
            response["Retry-After"] = str(max(1, int(wait.total_seconds())))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        form = context.get("form")
        context["failed"] = form is not None and form.is_bound and bool(form.errors)
        context["title"] = self.title
        context["crumbs"] = self.crumbs()
        context["demo"] = settings.DEMO
        return context

    def crumbs(self) -> list[tuple[Text, str]]:
        if self.request.user.is_authenticated:
            return [(_("Mein Konto"), reverse("accounts:home")), (self.title, "")]
        return [(self.title, "")]

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if context.get("failed"):
            kwargs.setdefault("status", HTTPStatus.UNPROCESSABLE_ENTITY)
        response: HttpResponse = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        response["Cache-Control"] = "private, no-store"
        return response


class FreshStart:
    """`?neu=1` leaves a step that waits for a code, to begin again with another address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("neu") and not request.user.is_authenticated:
            clear_login(request)
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))  # type: ignore[misc]


class Login(FreshStart, Page, theirs.RequestLoginCodeView):
    """The entrance: an address, then a code by mail. In the demonstration also one button per role."""

    title = _("Anmelden")
    template_name = "account/login.html"
    limits = SENDS_CODE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["providers"] = queries.providers(self.request)
        if settings.DEMO:
            context["people"] = [(key, name, what) for key, (name, what, _role) in DEMO_PEOPLE.items()]
        return context


class LoginCode(Page, theirs.ConfirmLoginCodeView):
    title = _("Code eingeben")
    template_name = "account/confirm_login_code.html"
    limits = TAKES_CODE


class PasswordLogin(Page, theirs.LoginView):
    title = _("Mit Passwort anmelden")
    template_name = "account/password_login.html"
    limits = (Limit("accounts.password", 60), Limit("accounts.password.address", 10, timedelta(minutes=15), "login"))


class Signup(FreshStart, Page, theirs.SignupView):
    title = _("Konto anlegen")
    template_name = "account/signup.html"
    limits = (Limit("accounts.signup", 20), PER_ADDRESS)

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "guest": self.request.GET.get("gast", "")}

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse | None = None
        with form.attempt():
            response = super().form_valid(form)
        return response or self.form_invalid(form)


class EmailCode(Page, theirs.ConfirmEmailVerificationCodeView):
    title = _("Adresse bestätigen")
    template_name = "account/confirm_email_verification_code.html"
    limits = TAKES_CODE


class Logout(Page, theirs.LogoutView):
    title = _("Abmelden")
    template_name = "account/logout.html"


class ShownAgain:
    """Before what opens the account to somebody else: the person shows that it is them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from allmende.accounts.views.factors import prove_first

        if isinstance(request.user, Person) and not sessions.is_recent(
            request, request.user, cast("Request", request).at
        ):
            return prove_first(request, request.path)
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))  # type: ignore[misc]


class ChangeEmail(ShownAgain, Page, theirs.EmailView):
    title = _("E-Mail-Adresse")
    template_name = "account/email_change.html"
    limits = (Limit("accounts.email", 10), PER_ADDRESS)


class ChangePassword(Page, theirs.PasswordChangeView):
    title = _("Passwort ändern")
    template_name = "account/password_change.html"
    limits = CHANGES_PASSWORD


class SetPassword(ShownAgain, Page, theirs.PasswordSetView):
    title = _("Passwort festlegen")
    template_name = "account/password_set.html"
    limits = CHANGES_PASSWORD


class ForgotPassword(Page, theirs.PasswordResetView):
    title = _("Passwort vergessen")
    template_name = "account/password_reset.html"
    limits = SENDS_CODE


class ForgottenCode(Page, theirs.ConfirmPasswordResetCodeView):
    title = _("Code eingeben")
    template_name = "account/confirm_password_reset_code.html"
    limits = TAKES_CODE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever comes without a code on its way begins at the beginning."""
        if PASSWORD_RESET_VERIFICATION_SESSION_KEY not in request.session:
            return redirect("account_reset_password")
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))


class NewPassword(Page, theirs.CompletePasswordResetView):
    title = _("Neues Passwort")
    template_name = "account/password_reset_from_key.html"
    limits = (Limit("accounts.change_password", 20),)


class NewPasswordDone(Page, theirs.PasswordResetFromKeyDoneView):
    title = _("Ihr Passwort ist geändert")
    template_name = "account/password_reset_from_key_done.html"


class Reauthenticate(Page, theirs.ReauthenticateView):
    title = _("Sind Sie es?")
    template_name = "account/reauthenticate.html"
    limits = (Limit("accounts.reauthenticate", 20),)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a password a fresh code shows who it is."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': request.GET.get('next', '')})}")
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))


class Inactive(Page, theirs.AccountInactiveView):
    title = _("Dieses Konto ist gesperrt")
    template_name = "account/account_inactive.html"
