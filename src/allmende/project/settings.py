"""Django's settings: one file, everything that differs between installations comes from the environment (`config`)."""

import os
import tomllib

from django.utils.csp import CSP

from allmende.accounts import federation
from allmende.project.config import ROOT, Config, parse_database_url, parse_email_url

CONFIG = Config.from_environment()
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""numpy's threads wait by spinning: on cores that others use they take more time than they save."""
BASE = ROOT / "src" / "allmende"

DEMO = CONFIG.demo
DEBUG = False
CITY_ID = CONFIG.city
CITY_PACK = CONFIG.city_pack
SECRET_KEY = os.environ.get("SECRET_KEY") or CONFIG.secret("django")
PUBLIC_URL = CONFIG.public_url
SECURE = PUBLIC_URL.startswith("https://")

ALLOWED_HOSTS = [*CONFIG.allowed_hosts, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = CONFIG.trusted_proxies
FEEDS_FROM_PRIVATE_NETWORK = os.environ.get("FEEDS_FROM_PRIVATE_NETWORK", "").strip() == "1"
"""Feeds of the official website may come from addresses that the internet does not know."""

# The rooms. Each is discovered through its manifest (`capability.py`); the order is that of the layers, top first.
CAPABILITIES = ["portal", "participation", "surveys", "strategy", "council", "pilots", "reports", "urbandata"]
ENGINES = ["questions", "ballots", "discussion", "notify", "trace", "search", "places", "media"]
INSTALLED_APPS = [
    "allmende.journeys",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allmende.accounts",  # before allauth, so that its pages and mails are found first
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "django_htmx",
    "procrastinate.contrib.django",
    # The editor's rooms (Wagtail). Its user management is left out: roles are the house's own.
    "allmende.project.editor.EditorUsers",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    *[f"allmende.capabilities.{name}" for name in CAPABILITIES if (BASE / "capabilities" / name / "apps.py").exists()],
    *[f"allmende.engines.{name}" for name in ENGINES if (BASE / "engines" / name / "apps.py").exists()],
    "allmende.ui",
    "allmende.core",
    "allmende.project",
]

MIDDLEWARE = [
    "allmende.project.shell.marker.PublicPageMiddleware",  # outermost: it judges the finished answer
    "allmende.core.middleware.RequestMiddleware",
    "allmende.project.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "allmende.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allmende.accounts.middleware.ViewerMiddleware",
    "allmende.ui.middleware.DomainErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",  # asks only when nothing else was found
]

ROOT_URLCONF = "allmende.project.urls"
WSGI_APPLICATION = "allmende.project.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "allmende.ui.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "allmende.ui.templatetags.ui"],
        },
    }
]

# Two roles: *app* serves, *owner* migrates, backs up and restores. `allmende manage migrate` runs as owner.
_url = CONFIG.owner_url if os.environ.get("ALLMENDE_ROLE") == "owner" else CONFIG.app_url
DATABASES = {
    "default": {
        **parse_database_url(_url),
        "CONN_MAX_AGE": None,  # a fixed pool of threads, one lasting connection each
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # actions open their own transactions
        "OPTIONS": {"prepare_threshold": 5},  # for what goes through core.statements
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "allmende.accounts.sessions"
SESSION_COOKIE_NAME = f"{CITY_ID}_session"
CSRF_COOKIE_NAME = f"{CITY_ID}_csrf"
LANGUAGE_COOKIE_NAME = f"{CITY_ID}_language"
SESSION_COOKIE_AGE = 14 * 24 * 3600

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "allmende.ui.errors.csrf_failure"  # what was typed comes back
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}

# Accounts
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allmende.accounts.adapter.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "portal:start"  # by name: in the language in which one came
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one replaces it once it is proven
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # practice.md 14: codes live 15 minutes
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = False  # ours count in the database, for all processes, and name the waiting time
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "allmende.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "allmende.accounts.forms.PasswordLoginForm",
    "request_login_code": "allmende.accounts.forms.LoginForm",
    "confirm_login_code": "allmende.accounts.forms.LoginCodeForm",
    "signup": "allmende.accounts.forms.SignupForm",
    "confirm_email_verification_code": "allmende.accounts.forms.EmailCodeForm",
    "add_email": "allmende.accounts.forms.ChangeEmailForm",
    "change_password": "allmende.accounts.forms.ChangePasswordForm",
    "set_password": "allmende.accounts.forms.SetPasswordForm",
    "reset_password": "allmende.accounts.forms.ForgotPasswordForm",
    "confirm_password_reset_code": "allmende.accounts.forms.ForgottenCodeForm",
    "reset_password_from_key": "allmende.accounts.forms.NewPasswordForm",
    "reauthenticate": "allmende.accounts.forms.ReauthenticateForm",
}
# A second factor: passkeys, an app with codes, codes for emergencies. Staff roles work only behind one; the people of a
# demonstration have none. STAFF_SECOND_FACTOR=0 is for cities whose own entrance already asks for it.
STAFF_SECOND_FACTOR = not DEMO and os.environ.get("STAFF_SECOND_FACTOR", "1") != "0"
STAFF_PATHS = ("/redaktion/",)
MFA_ADAPTER = "allmende.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute on each side, for clocks that differ
MFA_RATE_LIMITS = False  # as above
MFA_FORMS = {
    "authenticate": "allmende.accounts.forms.SecondFactorForm",
    "authenticate_webauthn": "allmende.accounts.forms.PasskeySecondForm",
    "reauthenticate": "allmende.accounts.forms.SecondFactorAgainForm",
    "reauthenticate_webauthn": "allmende.accounts.forms.PasskeyAgainForm",
    "login_webauthn": "allmende.accounts.forms.PasskeyLoginForm",
    "add_webauthn": "allmende.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "allmende.accounts.forms.RenamePasskeyForm",
    "activate_totp": "allmende.accounts.forms.ActivateAppForm",
    "deactivate_totp": "allmende.accounts.forms.DeactivateAppForm",
    "generate_recovery_codes": "allmende.accounts.forms.NewCodesForm",
}
# Identity providers (OpenID Connect, SAML, BundID): a TOML file, see docs/operator.md.
_providers = federation.read(os.environ.get("IDENTITY_PROVIDERS", ""))
SOCIALACCOUNT_PROVIDERS = federation.apps(_providers)
SECOND_FACTOR_PROVIDERS = federation.second_factors(_providers)
SOCIALACCOUNT_ADAPTER = "allmende.accounts.adapter.FederationAdapter"
SOCIALACCOUNT_FORMS = {"signup": "allmende.accounts.forms.ProviderSignupForm"}
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link, since a form may send nobody to another host
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"

# Language and time. Texts in the code are German in the formal address; `du` cities lay one catalogue on top.
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Berlin"
_pack = CITY_PACK / "city.toml"
_informal = _pack.is_file() and tomllib.loads(_pack.read_text()).get("address") == "du"
LOCALE_PATHS = [str(BASE / "ui" / "locale_du")] if _informal else []

# Editorial content (Wagtail). Publishing, roles and login are ours; see docs/decisions/editor.md.
WAGTAIL_SITE_NAME = "Allmende"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("de", "Deutsch"), ("en", "English")]
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAILADMIN_GLOBAL_EDIT_LOCK = False
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT = "%d.%m.%Y", "%d.%m.%Y %H:%M"  # else a German date is silently replaced
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False  # neither asks another host
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_AUTO_CREATE_REDIRECTS = True
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "AUTO_UPDATE": True}}
WAGTAILIMAGES_IMAGE_MODEL = "portal.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "allmende.capabilities.portal.forms.files.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_MODEL = "portal.Attachment"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "allmende.capabilities.portal.forms.files.DocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf"]
TAGGIT_CASE_INSENSITIVE = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.home / "static"
MEDIA_ROOT = CONFIG.media
MEDIA_STORE_URL = os.environ.get("MEDIA_STORE_URL", "").strip()  # s3://KEY:SECRET@host/bucket; empty: this disk
CLAMD_URL = os.environ.get("CLAMD_URL", "").strip()  # tcp://host:3310 or unix:///socket; empty: no virus scanner
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

# Mail: a file outbox unless an address of a mail server is given (EMAIL_URL=smtp://user:password@host:587).
EMAIL_OUTBOX = CONFIG.outbox
MAILERS = {
    "default": parse_email_url(CONFIG.email_url)
    if CONFIG.email_url
    else {"BACKEND": "allmende.accounts.mail.OutboxBackend", "OPTIONS": {"file_path": str(CONFIG.outbox)}}
}
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "") or f"portal@{CITY_ID}.invalid"
EMAIL_BOUNCES = os.environ.get("EMAIL_BOUNCES", "")  # where mail servers send back what they could not deliver
EMAIL_REPLIES = os.environ.get("EMAIL_REPLIES", "").strip()  # answer@city.example: answers to mails about comments
EMAIL_BOUNCES_URL = os.environ.get("EMAIL_BOUNCES_URL", "").strip()  # imaps://user:password@host/INBOX: read from there
EMAIL_REPORTS = os.environ.get(
    "EMAIL_REPORTS", ""
).strip()  # schaden@city.example: mails there become reports of faults
EMAIL_REPORTS_URL = os.environ.get("EMAIL_REPORTS_URL", "").strip()  # the mailbox behind it, as EMAIL_BOUNCES_URL

# Messages to people, logs: a request id, never an address, a query string or a body (design.md).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"terse": {"()": "allmende.core.logs.Terse"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["terse"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "procrastinate": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}
