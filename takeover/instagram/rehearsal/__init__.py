"""A small stand-in for Instagram, to rehearse publishing against: one account, in memory."""
