"""What Superset is told for `make superset`, where its own default would be another; Superset loads it by its path.

It says how the server runs and shows, and nothing about what it shows: that stands in dbt_project/exposures/superset.
"""

from orchestration.paths import data_paths

_FOLDER = data_paths().superset

SECRET_KEY = (_FOLDER / "sleutel").read_text(encoding="ascii")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_FOLDER / 'superset.db'}"

APP_NAME = "Veiligheidsagenda"
BABEL_DEFAULT_LOCALE = "nl"
LANGUAGES = {"nl": {"flag": "nl", "name": "Nederlands"}, "en": {"flag": "us", "name": "English"}}
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€ ", ""]}
# Its warnings are about its own files and libraries.
LOG_LEVEL = "ERROR"

# The page loads what this server gives it and nothing else: the default lets a counting pixel and map tiles through.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

# Every answer is asked anew, so that the first question after a publication sees it.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# Each can be told from white (3 to 1 or more), as graphs ask.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "veiligheidsagenda",
        "label": "Veiligheidsagenda",
        "description": "",
        "isDefault": True,
        "colors": [
            *("#154273", "#e17000", "#39870c", "#007bc7", "#d52b1e", "#42145f"),
            *("#94710a", "#a90061", "#696969", "#275937", "#673327", "#01689b"),
        ],
    }
]
