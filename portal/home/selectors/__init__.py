from portal.home.selectors.welcome import Welcome, welcome

__all__ = ["Welcome", "welcome"]
