"""Settings that all environments share."""

import datetime as dt

import dj_database_url

from portal.settings.env import BASE_DIR, problems, read

# Core ---------------------------------------------------------------------------------------------------------

SECRET_KEY = read("TONGTANG_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = read("TONGTANG_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = read("TONGTANG_CSRF_TRUSTED_ORIGINS")
DATA_DIR = read("TONGTANG_DATA_DIR")
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "home",
    "search",
    "inquiry",
    "casebank",
    "courses",
    "deliberation",
    "norms",
    "portal.org",
    "portal.foundation",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "portal.org.wagtail_users.PortalUsersAppConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rules",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "health_check",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.foundation.compression.PublicCompressionMiddleware",
    "portal.foundation.middleware.NullCharacterMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.foundation.middleware.AdminContentSecurityPolicyMiddleware",
    "portal.foundation.middleware.AdminKeyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.org.middleware.SharedComputerMiddleware",
    "portal.org.middleware.PreferredLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.org.middleware.ClosedPortalMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "portal.org.lockout.SlowedSignInMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "home.context_processors.navigation",
            ],
        },
    },
]

# Data ---------------------------------------------------------------------------------------------------------


def _database() -> dict:
    """Return PostgreSQL if its URL is given, else SQLite in WAL mode, whose transactions lock when they begin."""
    address = read("TONGTANG_DATABASE_URL")
    if address:
        try:
            return dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)
        except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
            problems.append(("TONGTANG_DATABASE_URL", str(error)))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA_DIR / "tongtang.sqlite3"),
        # A connection that is made anew reads the schema again, and none of what the last one kept in memory.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
        },
    }


DATABASES = {"default": _database()}
CACHES = {
    "default": {"BACKEND": "portal.foundation.caches.ProcessCache"},
    # What processes count together (limits of requests); the clock deletes what has expired.
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "foundation_sharedcacheentry",
        "KEY_FUNCTION": "portal.foundation.caches.hashed_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
if read("TONGTANG_CACHE_URL"):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": read("TONGTANG_CACHE_URL"),
        }
    }

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# Where nginx has the folder of media, for its own use (`internal`); without nginx the portal sends the files itself.
MEDIA_REDIRECT = read("TONGTANG_MEDIA_REDIRECT")
PRIVATE_ROOT = DATA_DIR / "private"
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.foundation.bundles.BundleFinder",
]
STYLESHEET_BUNDLE_DIR = DATA_DIR / "bundles"
# In the order of the cascade: tokens, elements, the frame, what every page may hold, what one kind of page holds,
# and print, which overrules them all.
STYLESHEET_BUNDLES = {
    "css/portal.css": [
        *(f"css/{name}.css" for name in ("tokens", "base", "layout")),
        *(
            f"css/components/{name}.css"
            for name in (
                *(
                    "seal",
                    "chain",
                    "tag",
                    "button",
                    "card",
                    "field",
                    "rows",
                    "quotation",
                    "navigation",
                    "alert",
                ),
                *("stats", "facet", "timeline", "menu", "table", "blocks", "home", "combobox", "chips"),
                *(
                    "histogram",
                    "search",
                    "session",
                    "rotation",
                    "case",
                    "law",
                    "inquiry",
                    "desk",
                    "dossier",
                    "org",
                    "traces",
                ),
            )
        ),
        "css/print.css",
    ]
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
MAX_UPLOAD_BYTES = read("TONGTANG_MAX_UPLOAD_MB") * 1024 * 1024

# Permanent numbers of records: where installations exchange records, what sets those of this one apart.
NUMBER_PREFIX = read("TONGTANG_NUMBER_PREFIX")

# Language and time --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "wagtail"]
LANGUAGE_COOKIE_NAME = "tongtang_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = read("TONGTANG_TIME_ZONE")
USE_I18N = True
USE_TZ = True

# People -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "portal.org.lockout.SlowedModelBackend",
]
# The first one hashes; a hash of another is replaced when its person signs in.
PASSWORD_HASHERS = [
    "portal.org.hashers.ModerateArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.org.validators.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = read("TONGTANG_PASSWORD_LINK_HOURS") * 3600

ACCOUNT_ADAPTER = "portal.org.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.org.forms.sign_in.SignInForm",
    "change_password": "portal.org.forms.sign_in.PasswordChangeForm",
    "reset_password_from_key": "portal.org.forms.sign_in.NewPasswordForm",
    "user_token": "portal.org.forms.sign_in.PasswordLinkForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# A hall of 500 signs in within a minute from one address, some of them twice. Wrong passwords are counted elsewhere
# (LOCKOUT_FAILURES).
ACCOUNT_RATE_LIMITS = {
    "login": "1500/m/ip",
    "login_failed": False,
    "reset_password": "600/m/ip,5/m/key",
    "reset_password_from_key": "1500/m/ip",
}

ALLAUTH_TRUSTED_PROXY_COUNT = read("TONGTANG_PROXY_COUNT")
LOCKOUT_FAILURES = read("TONGTANG_LOCKOUT_FAILURES")
LOCKOUT_MAX_WAIT = dt.timedelta(minutes=read("TONGTANG_LOCKOUT_MINUTES"))

# Wagtail ------------------------------------------------------------------------------------------------------

BASE_URL = read("TONGTANG_BASE_URL").rstrip("/")
WAGTAIL_SITE_NAME = "同堂"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_AUTOSAVE_INTERVAL = 5000
WAGTAIL_FINISH_WORKFLOW_ACTION = "portal.foundation.workflows.publish_workflow_state"
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAILDOCS_DOCUMENT_FORM_BASE = "portal.org.forms.files.UploadedDocumentForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "portal.org.forms.files.ImageForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "md", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}
TAGGIT_CASE_INSENSITIVE = True
WAGTAIL_TAG_SPACES_ALLOWED = True

# Work in the background ---------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Search -------------------------------------------------------------------------------------------------------

SEARCH_ENGINES = read("TONGTANG_SEARCH_ENGINES")
SEARCH_INDEX_DIR = DATA_DIR / "index"
SEARCH_ELASTICSEARCH = {
    "hosts": tuple(read("TONGTANG_ELASTICSEARCH_URL")),
    "api_key": read("TONGTANG_ELASTICSEARCH_API_KEY"),
    "ca_file": read("TONGTANG_ELASTICSEARCH_CA_FILE"),
    "prefix": read("TONGTANG_ELASTICSEARCH_PREFIX"),
    "shards": read("TONGTANG_ELASTICSEARCH_SHARDS"),
    "replicas": read("TONGTANG_ELASTICSEARCH_REPLICAS"),
    "timeout": read("TONGTANG_ELASTICSEARCH_TIMEOUT"),
}
SEARCH_QUEUE_MINUTES = read("TONGTANG_SEARCH_QUEUE_MINUTES")
SEARCH_TRACE_DAYS = read("TONGTANG_SEARCH_TRACE_DAYS")

# Mail ---------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = read("TONGTANG_EMAIL_FROM")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HAS_MAIL = bool(read("TONGTANG_EMAIL_URL"))
if HAS_MAIL:
    import dj_email_url

    globals().update(dj_email_url.parse(read("TONGTANG_EMAIL_URL")))
# No request waits for a mail server: what sends mail stores letters, and the worker sends those by the transport.
LETTER_TRANSPORT = EMAIL_BACKEND
if HAS_MAIL:
    EMAIL_BACKEND = "portal.foundation.mail.backend.EmailBackend"
    # An address may name its own (`?timeout=5`).
    EMAIL_TIMEOUT = globals().get("EMAIL_TIMEOUT") or read("TONGTANG_EMAIL_TIMEOUT")

# Browser security ---------------------------------------------------------------------------------------------

SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, "'unsafe-inline'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "worker-src": [SELF, "blob:"],
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
# In the session and not in a cookie of its own, which would lie on a shared computer with the number of a question.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "home.views.csrf_failure"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Logs: what happened, never who asked --------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": read("TONGTANG_LOG_LEVEL")},
    "loggers": {
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "elastic_transport": {"level": "ERROR"},
    },
}
