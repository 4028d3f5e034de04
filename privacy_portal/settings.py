"""Settings from the environment; safe unless told otherwise (docs/operations.md lists them)."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from privacy_portal.environment import (
    backup_databases,
    databases,
    env,
    log_keys,
    login,
    master_keys,
    refuse_demo_outside_loopback,
    scanner,
    secret,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of place is this -------------------------------------------------------------
DEMO = env.bool("PORTAL_DEMO", default=False)
DEBUG = env.bool("PORTAL_DEBUG", default=False)
ALLOWED_HOSTS = env.list("PORTAL_ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
# Where the portal is found, for links in mails and letters, which no request asked for.
ADDRESS = env.str("PORTAL_ADDRESS", default=f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
# How many proxies of our own stand before the application: only their word on addresses counts.
TRUSTED_PROXIES = env.int("PORTAL_TRUSTED_PROXIES", default=0)
if DEMO:
    refuse_demo_outside_loopback(ALLOWED_HOSTS)
    if TRUSTED_PROXIES:
        raise ImproperlyConfigured("PORTAL_DEMO does not run behind a proxy.")
SECRET_KEY = secret("PORTAL_SECRET_KEY")
MASTER_KEY, *OLD_MASTER_KEYS = master_keys()

# --- rooms, top to bottom, and the libraries they stand on ----------------------------------
INSTALLED_APPS = [
    *(["demo"] if DEMO else []),
    "overview",
    "retention",
    "oversight",
    "consent",
    "dossiers",
    "students",
    "audit",
    "vault",
    "access",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "guardian",
    "django_filters",
    "django_htmx",
    "lucide",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "access.middleware.NeverStored",
    "retention.middleware.StandsLevel",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "access.middleware.SessionLifetime",
    "access.middleware.OwnLanguage",
    "access.uploads.UploadsInTurn",
    # The innermost: opens the only transaction of the request and records the look.
    "audit.middleware.RecordedRequest",
]

ROOT_URLCONF = "privacy_portal.urls"
WSGI_APPLICATION = "privacy_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "access.context.person",
                "overview.navigation.navigation",
                "oversight.context.families_see",
            ],
            "builtins": ["access.icons", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data -----------------------------------------------------------------------------------
LOGIN = login()
DATABASES = databases()
DATABASE_ROUTERS = ["vault.router.KeysApart"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by all web processes: rate limits must not be counted per process.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # With Django's 300 a guesser with many addresses would push out what was counted.
        "OPTIONS": {"MAX_ENTRIES": 500_000},
    }
}
# Uploads stay in memory: Django would spool larger ones to disk, readable.
FILE_UPLOAD_HANDLERS = ["access.uploads.InMemoryUpload"]
UPLOAD_LIMIT = 64 * 1024 * 1024  # bytes, of all files in one request
UPLOAD_FILES = 40  # in one request
# Requests with files that one process handles at once, and that may wait for their turn. So a
# process holds at most UPLOADS_AT_ONCE times UPLOAD_LIMIT and what cleaning one file takes beside;
# UPLOADS_OF_ONE of them are one person's, so that slow files keep nobody else waiting.
UPLOADS_AT_ONCE = 2
UPLOADS_OF_ONE = 1
UPLOADS_WAITING = 1
UPLOAD_WAIT_SECONDS = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- who is who -----------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "access.passwords.HardToGuess"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "audit.adapters.AccountAdapter"
MFA_ADAPTER = "audit.adapters.SecondFactorAdapter"
USERSESSIONS_ADAPTER = "audit.adapters.SessionsAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address comes from the school's own records
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to people we do not know
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Addresses come from the school and nobody signs up: none has to be confirmed first.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Privacyportaal"
# A passkey stands for both factors only when the device asked for a finger, a face or its code.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost
USERSESSIONS_TRACK_ACTIVITY = False
ANONYMOUS_USER_NAME = None  # guardian: no account without a person
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# guardian's backend would ignore the dates of an assignment: it is left out on purpose.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# --- the log --------------------------------------------------------------------------------
AUDITLOG_LOGENTRY_MODEL = "audit.LogEntry"
MIGRATION_MODULES = {"auditlog": None}
LOG_KEYS = log_keys()  # outside the database: who has only a login of it can't make a row
# Each seal is also written here, outside the database: so a log cut short is found out.
LOG_HEADS = Path(env.str("PORTAL_LOG_HEADS", default=str(BASE_DIR / "var" / "log-heads")))

# --- sessions and cookies -------------------------------------------------------------------
SESSION_COOKIE_AGE = 60 * 60 * 12  # seconds; SessionLifetime ends idle ones much earlier
STAFF_IDLE_MINUTES = 30
FAMILY_IDLE_MINUTES = 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "portal_session" if DEMO else "__Host-portal_session"
CSRF_COOKIE_NAME = "portal_csrf" if DEMO else "__Host-portal_csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = not DEMO
LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "access.views.entrance.csrf_failure"

# --- headers --------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}

# --- language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = USE_TZ = True

# --- files ----------------------------------------------------------------------------------
# Where sealed files stand (vault/blobs.py): one folder for every web process and the worker.
FILES_DIR = Path(env.str("PORTAL_FILES_DIR", default=str(BASE_DIR / "var" / "files")))
CLAMD = scanner()  # asked about every file, when there is one (files/clamd.py)
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("PORTAL_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "access.uploads.NoPlainFiles"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- copies (retention/backups) ---------------------------------------------------------------
BACKUPS_DIR = env.str("PORTAL_BACKUPS_DIR", default="")  # content and sealed files
KEYS_BACKUP_DIR = env.str("PORTAL_KEYS_BACKUP_DIR", default="")  # the keys: never beside them
BACKUP_RECIPIENTS: list[str] = env.list(
    "PORTAL_BACKUP_RECIPIENTS", default=[]
)  # age1...: who opens them
BACKUP_DAYS = env.int("PORTAL_BACKUP_DAYS", default=35)  # names leave with the last copy of them
BACKUP_DATABASES = backup_databases()
PG_BIN = env.str("PORTAL_PG_BIN", default="")  # where pg_dump and pg_restore are
# What was destroyed: outside both databases and every copy of them.
LEDGER = Path(env.str("PORTAL_LEDGER", default=str(BASE_DIR / "var" / "ledger" / "destroyed")))

# --- mail -----------------------------------------------------------------------------------
_MAIL_FOLDER = env.str("PORTAL_MAIL_FOLDER", default="")
if _MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = _MAIL_FOLDER
EMAIL_HOST = env.str("PORTAL_SMTP_HOST", default="localhost")
EMAIL_PORT = env.int("PORTAL_SMTP_PORT", default=25)
EMAIL_HOST_USER = env.str("PORTAL_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = secret("PORTAL_SMTP_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_USE_TLS = env.bool("PORTAL_SMTP_STARTTLS", default=True)
EMAIL_TIMEOUT = 20  # seconds
OPERATORS: list[str] = env.list("PORTAL_OPERATORS", default=[])  # who looks after the server
DEFAULT_FROM_EMAIL = env.str("PORTAL_MAIL_FROM", default="privacyportaal@localhost")

# --- jobs and logs --------------------------------------------------------------------------
PROCRASTINATE_ON_APP_READY = "retention.level.guard_jobs"  # no job in a database that is behind
LOGGING_CONFIG = "access.logs.configure"
LOGGING: dict[str, object] = {"version": 1}  # empty, Django would not call the function above
TEST_RUNNER = "django.test.runner.DiscoverRunner"
