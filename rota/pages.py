"""Where the pages of the rota hang; the modules named views_… add theirs."""

from flask import Blueprint

pages = Blueprint("rota", __name__)
