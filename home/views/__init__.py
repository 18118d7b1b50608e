from home.views.errors import csrf_failure, page_not_found, permission_denied, server_error
from home.views.front import own_questions_fragment
from home.views.look import departments_css, set_keys, set_theme, styleguide

__all__ = [
    "csrf_failure",
    "departments_css",
    "own_questions_fragment",
    "page_not_found",
    "permission_denied",
    "server_error",
    "set_keys",
    "set_theme",
    "styleguide",
]
