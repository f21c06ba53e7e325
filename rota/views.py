"""All pages of the rota, on one blueprint."""

from rota import views_answers, views_nominations, views_weeks
from rota.pages import pages

__all__ = ["pages", "views_answers", "views_nominations", "views_weeks"]
