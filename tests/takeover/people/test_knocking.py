import pytest

from takeover.people.knocking import network_of


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_one_place_is_counted_as_one(address, place):
    """Whoever has one IPv6 address has 18 quintillion of them."""
    assert network_of(address) == place
