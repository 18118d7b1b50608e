from home.views.errors import csrf_failure, page_not_found, permission_denied, server_error
from home.views.look import departments_css, set_keys, set_theme, styleguide

__all__ = [
    "csrf_failure",
    "departments_css",
    "page_not_found",
    "permission_denied",
    "server_error",
    "set_keys",
    "set_theme",
    "styleguide",
]
