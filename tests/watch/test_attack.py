"""ATT&CK ids depend on where the source is."""

from rawspoof.core.watch.attack import attack


def test_outside_a_scan_is_reconnaissance():
    assert attack(("syn", "fin", "os", "version"), False) == ("T1592.002", "T1592.004", "T1595.001")
    assert attack(("connect", "vulnerability", "wordlist"), False) == ("T1595.001", "T1595.002", "T1595.003")
    assert attack(("credential", "exploit"), False) == ("T1110", "T1190")


def test_inside_it_is_discovery():
    assert attack(("syn", "os"), True) == ("T1046",)
    assert attack(("sweep", "brute-force", "exploit"), True) == ("T1018", "T1110", "T1210")


def test_a_flood_is_none_outside():
    assert attack(("flood",), False) == ()
