"""The one colour of the borders round what does not fill its shape: photos and clips alike.

Black, as the bars that Instagram's own player puts above and below a clip that is not 9:16: in one
post, one story and one profile all borders look alike, by day and by night. The pages show the same
before it is made: `--picture-border` in static/css/tokens.css.
"""

BORDER = (0, 0, 0)
"""Red, green, blue; 0 ... 255."""

BORDER_IN_HEX = "{:02x}{:02x}{:02x}".format(*BORDER)
