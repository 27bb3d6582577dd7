"""Whether a start would succeed is told on stdout, why it would not on stderr."""

from rawspoof.cli.checking import is_right


def test_a_right_one_is_right(tmp_path, capsys):
    assert is_right(None, {"sensor.state_dir": str(tmp_path)}, "fine")
    assert capsys.readouterr() == ("fine\n", "")


def test_a_wrong_one_has_its_lines(tmp_path, capsys):
    assert not is_right(None, {"sensor.user": "no-such"})
    out, err = capsys.readouterr()
    assert (out, err) == ("", "command line: sensor.user: there is no user 'no-such'; name one that there is\n")
