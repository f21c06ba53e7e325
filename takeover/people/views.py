"""All pages about people, on one blueprint."""

from takeover.people import views_account, views_link, views_people, views_sign_in
from takeover.people.pages import pages

__all__ = ["pages", "views_account", "views_link", "views_people", "views_sign_in"]
