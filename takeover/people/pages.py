"""Where the pages about people hang; the modules named views_… add theirs."""

from flask import Blueprint

pages = Blueprint("people", __name__)
