"""Django settings. Everything a plant sets comes from the environment or from files it names."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from obeya.config import address, logs
from obeya.lib import postgres

ENV = os.environ
HOME = Path(ENV.get("OBEYA_HOME", ".obeya")).expanduser().resolve()
"""The folder of the embedded database, media files and keys."""


def _database_address() -> postgres.Address:
    if url := ENV.get("OBEYA_DATABASE_URL"):
        return postgres.parse_url(url)
    running = postgres.find_running(HOME / "postgres")
    folder = str(HOME / "postgres")
    return (running or postgres.Address(folder, "5432", "postgres", "", "postgres")).named("obeya")


def _secret_key() -> str:
    if key := ENV.get("OBEYA_SECRET_KEY"):
        return key
    path = Path(ENV.get("OBEYA_SECRET_KEY_FILE", HOME / "secret_key"))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


def _listed(name: str, default: str) -> list[str]:
    return [part.strip() for part in ENV.get(name, default).split(",") if part.strip()]


SECRET_KEY = _secret_key()
DEBUG = False
BASE_URL = ENV.get("OBEYA_BASE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = address.hosts(BASE_URL, _listed("OBEYA_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]"))
CSRF_TRUSTED_ORIGINS = address.origins(BASE_URL, _listed("OBEYA_TRUSTED_ORIGINS", ""))
_SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "obeya.journal",
    "obeya.people",
    "obeya.catalog",
    "obeya.inbox",
    "obeya.outbox",
    "obeya.decisions",
    "obeya.memory",
    "obeya.cases",
    "obeya.orders",
    "obeya.floor",
    "obeya.web",
    "obeya.config",
]

MIDDLEWARE = [
    "obeya.web.middleware.NamedRequests",
    "django.middleware.security.SecurityMiddleware",
    "obeya.web.middleware.WholeFiles",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "obeya.web.middleware.SecurityPolicy",
    "obeya.web.middleware.AccessControl",
    "obeya.web.middleware.StorableText",
    "obeya.web.middleware.SiteClock",
]

ROOT_URLCONF = "obeya.config.urls"
ASGI_APPLICATION = "obeya.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parents[1] / "web" / "templates"],  # our look goes before a library's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "obeya.web.context.shell",
            ],
        },
    },
]

_DATABASE = _database_address()
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _DATABASE.host,
        "PORT": _DATABASE.port,
        "USER": _DATABASE.user,
        "PASSWORD": _DATABASE.password,
        "NAME": _DATABASE.name,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": ENV.get("OBEYA_PROCESS", "obeya")},
    }
}
if pool_size := ENV.get("OBEYA_DATABASE_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": int(pool_size),
        "timeout": 10,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
if test_name := ENV.get("OBEYA_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_obeya_{test_name}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "obeya.people.signing_in.Backend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "web:login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:login"
SESSION_ENGINE = "obeya.people.signing_in"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
if ENV.get("OBEYA_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

ACCOUNT_ADAPTER = "obeya.web.accounts.ClosedAccounts"
SOCIALACCOUNT_ADAPTER = "obeya.web.accounts.KnownPeopleOnly"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
SOCIALACCOUNT_ONLY = False
ACCOUNT_RATE_LIMITS = {
    "portal_link": "20/m/ip,3/m/key",  # asked for at the portal's door: by place, by address
    "portal_read": "20/m/key",  # lists that a buyer has read
    "portal_send": "30/m/key",  # orders and wishes that a buyer sends
}
"""Beside allauth's own, each within one web process."""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
SOCIALACCOUNT_PROVIDERS = {}
if oidc_url := ENV.get("OBEYA_OIDC_SERVER_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "company",
                "name": ENV.get("OBEYA_OIDC_NAME", "Company log-in"),
                "client_id": ENV.get("OBEYA_OIDC_CLIENT_ID", ""),
                "secret": ENV.get("OBEYA_OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": oidc_url},
            }
        ]
    }

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी"), ("gu", "ગુજરાતી"), ("ar", "العربية"), ("ur", "اردو")]

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = Path(ENV.get("OBEYA_MEDIA", HOME / "media"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

EMAIL_HOST = ENV.get("OBEYA_SMTP_HOST", "")
EMAIL_PORT = int(ENV.get("OBEYA_SMTP_PORT", "25"))
EMAIL_HOST_USER = ENV.get("OBEYA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = ENV.get("OBEYA_SMTP_PASSWORD", "")
EMAIL_USE_TLS = ENV.get("OBEYA_SMTP_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.get("OBEYA_SMTP_FROM", "obeya@localhost")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_ON_APP_READY = "obeya.config.wiring.on_jobs_ready"

LOGGING = logs.settings({**ENV, "OBEYA_SECRET_KEY": SECRET_KEY})
LOGGING_CONFIG = "obeya.config.logs.apply"

COUNTER_OFFER_HOURS = int(ENV.get("OBEYA_COUNTER_OFFER_HOURS", "24"))

ASK_CUSTOMERS = ENV.get("OBEYA_ASK_CUSTOMERS", "on").strip().lower() not in ("off", "0", "no")
ASK_WINDOW_S = 60 * max(1, int(ENV.get("OBEYA_ASK_WINDOW_MIN", "30")))

WHATSAPP = {
    "app_secrets": _listed("OBEYA_WHATSAPP_APP_SECRETS", ""),
    "verify_token": ENV.get("OBEYA_WHATSAPP_VERIFY_TOKEN", ""),
    "access_token": ENV.get("OBEYA_WHATSAPP_ACCESS_TOKEN", ""),
    "phone_number_id": ENV.get("OBEYA_WHATSAPP_PHONE_NUMBER_ID", ""),
    "base_url": ENV.get("OBEYA_WHATSAPP_BASE_URL", "https://graph.facebook.com"),
    "version": ENV.get("OBEYA_WHATSAPP_VERSION", "v24.0"),
    "site": ENV.get("OBEYA_WHATSAPP_SITE", ""),
    "templates": ENV.get("OBEYA_WHATSAPP_TEMPLATES", ""),
}
TRYTON = {
    "url": ENV.get("OBEYA_TRYTON_URL", ""),
    "database": ENV.get("OBEYA_TRYTON_DATABASE", ""),
    "key": ENV.get("OBEYA_TRYTON_KEY", ""),
    "company": int(ENV.get("OBEYA_TRYTON_COMPANY", "1")),
    "request_limit_s": float(ENV.get("OBEYA_TRYTON_REQUEST_LIMIT_S", "60")),
    "sites": _listed("OBEYA_TRYTON_SITES", ""),
}
