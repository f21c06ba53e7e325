"""A small stand-in for Instagram, to rehearse publishing against: any number of accounts, in
memory, behind both of Instagram's doors (the Graph API and the app's private one).

Start it with `flask --app wsgi rehearsal`, or in a test with `server.running()`.
"""
