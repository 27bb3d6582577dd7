"""The icon: a file that readers of icons understand, the same for each of a product."""

import struct

from rawspoof.core.conversation.http.icon import icon


def test_it_is_an_icon_whose_parts_are_where_it_says():
    data = icon("thing")
    assert struct.unpack_from("<HHH", data) == (0, 1, 1)
    width, height, _, _, _, bits, size, at = struct.unpack_from("<BBBBHHII", data, 6)
    assert (width, height, bits, at + size) == (16, 16, 4, len(data))
    assert struct.unpack_from("<Iii", data, at) == (40, 16, 32)


def test_each_product_has_its_own():
    assert icon("a") == icon("a") != icon("b")
