"""Settings of the newsroom: one file for every machine.

What differs between machines comes from `NEWSROOM_*` environment variables. The README lists them in a
table; a wrong value stops the start with a sentence that names the variable and the values allowed.
"""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.conf.global_settings import LANGUAGES as LANGUAGES_OF_DJANGO
from js_asset import static_lazy
from whitenoise.compress import Compressor

from articles.rich_text import EDITOR_PROCESSORS
from newsroom import environment

BASE_DIR = Path(__file__).resolve().parent.parent

DATA_DIR = environment.folder("DATA_DIR", default=BASE_DIR / "data")
DEBUG = environment.switch("DEBUG", default=False)
SECRET_KEY = environment.secret_key("SECRET_KEY", keep_in=DATA_DIR / "secret-key")

# The public address, for canonical links, feeds and mail. Never taken from the Host header.
SITE_URL = environment.site_url("SITE_URL", default="http://127.0.0.1:8000")
SITE_NAME = environment.text("SITE_NAME", default="Newsroom")
CONTACT = environment.email("CONTACT", default="desk@news.example")
# Where mail is handed over, or None: then no mail is offered, and none is made.
EMAIL_SERVER = environment.mail_server("EMAIL_URL")
EMAIL_FROM = environment.email("EMAIL_FROM", default=CONTACT)
COMMENT_RATE = environment.rate("COMMENT_RATE", default="6/m")  # of one network; None switches both off
COMMENT_RATE_SITE = environment.rate("COMMENT_RATE_SITE", default="600/m")

_site = urlsplit(SITE_URL)
IS_ON_TLS = _site.scheme == "https"
PROXY_COUNT = environment.proxies("BEHIND_PROXY")
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", site_host=_site.hostname)

INSTALLED_APPS = [
    "newsroom.apps.NewsroomConfig",
    "comments.apps.CommentsConfig",
    "articles.apps.ArticlesConfig",
    "newsroom.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "taggit",
    "crispy_forms",
    "django_prose_editor",
    "js_asset",
    "csp",
    "django_tasks_db",
]

MIDDLEWARE = [
    # What sets headers comes first, so that the redirect to https and static files have them too.
    "newsroom.middleware.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.middleware.ResourcePolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.middleware.CompressTextMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "newsroom.middleware.ReadersGetNoTokenMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "newsroom.middleware.SnapshotMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context_processors.site",
            ],
            "builtins": ["django.templatetags.i18n"],
        },
    }
]

DATABASES = {"default": environment.database("DATABASE_URL", sqlite_file=DATA_DIR / "newsroom.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS.append("django.contrib.postgres")  # imports psycopg, so only where it is there
# A Valkey or Redis that all processes share, or "" for none: it counts posts, and falling silent it holds up none.
CACHE_URL = environment.cache_url("CACHE_URL")
CACHE_TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
if CACHE_URL:
    _cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    CACHES = {"default": _cache | {"OPTIONS": CACHE_TIMEOUTS}}
# Bytes of finished pages that each process keeps; 0 keeps none.
PAGE_CACHE = environment.size("PAGE_CACHE", default="48M")
# Where a CDN is told of changes, "" for none, and what it knows us by.
PURGE_URL = environment.web_address("PURGE_URL")
PURGE_TOKEN = environment.text("PURGE_TOKEN", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "articles.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = environment.choice("LANGUAGE", default="en-gb", allowed=dict(LANGUAGES_OF_DJANGO))
TIME_ZONE = environment.time_zone("TIME_ZONE", default="Europe/Brussels")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The bucket that keeps the pictures, or None: then they are in a folder beside the database.
MEDIA_BUCKET = environment.bucket("MEDIA_URL")
_pictures = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if MEDIA_BUCKET:
    _pictures = {"BACKEND": "articles.bucket.Bucket", "OPTIONS": MEDIA_BUCKET}
STORAGES = {
    "default": _pictures,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Only names with a hash in them are served, so that all may be kept for a year; maps are for developers.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# Whether the bytes of pictures are left to nginx, once their rights have been looked at.
X_ACCEL = environment.switch("X_ACCEL", default=False)
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Public pages carry no script, so `default-src 'none'` holds there as it stands; the desk's AdminSite
# adds what the editor needs (see newsroom/admin.py).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [
            SELF
        ],  # no script asks for anything; auditing tools read robots.txt from inside a page
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {
    feature: []
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb",
    )
}  # fmt: skip
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_ON_TLS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # probes ask the server itself, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if IS_ON_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
# Subdomains and preloading bind names that are not the newsroom's: the owner of the domain decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "desk_session"
CSRF_COOKIE_NAME = "desk_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a story with 200 sources has some 1,500

# What takes longer than a request may is done by `manage.py db_worker`, from a queue in the database.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Widgets of our own have their templates where all others are.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_TEMPLATE_PACK = "newsroom"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["newsroom"]

TAGGIT_TAGS_FROM_STRING = "articles.models.tags.names_from_text"
TAGGIT_STRING_FROM_TAGS = "articles.models.tags.text_from_tags"
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = False

# Our own extensions of the rich-text editor: what they may write, and the module that brings them.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("desk/editor.js"), static_lazy("desk/pictures.js")],
        "extensions": EDITOR_PROCESSORS,
    }
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},  # pages that never were are asked for all day
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # and so are other people's hosts
        "gunicorn.http.wsgi": {"level": "ERROR"},  # Django leaves it to the server to drop the body of a HEAD
    },
}
