"""A printer's port 9100: questions are answered, messages shown, jobs swallowed."""

from rawspoof.core.conversation.base import Request
from rawspoof.core.conversation.hp_pjl import UEL
from tests.conversation.talks import converse, living, never_raises, said

WHO = living("jetdirect", product="hp LaserJet 4250")


def heard(*chunks):
    return said(converse(WHO, chunks))


def test_it_says_what_it_is():
    assert heard(UEL + b"@PJL INFO ID\r\n" + UEL + b"\r\n") == b'@PJL INFO ID\r\n"hp LaserJet 4250"\r\n\f'
    told = heard(b"@PJL INFO STATUS\r\n")
    assert told == b'@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="Ready"\r\nONLINE=TRUE\r\n\f'
    assert b'ProductName = "hp LaserJet 4250"\r\n' in heard(b"@PJL INFO PRODINFO\r\n")
    assert heard(b"@PJL ECHO hello 7\r\n") == b"@PJL ECHO hello 7\r\n\f"
    assert heard(b"@pjl info nothing\r\n") == b'@PJL INFO nothing\r\n"?"\r\n\f'


def test_its_display_shows_what_it_is_told_to():
    told = heard(UEL + b'@PJL RDYMSG DISPLAY="INSERT COIN"\r\n@PJL INFO STATUS\r\n')
    assert b'DISPLAY="INSERT COIN"\r\n' in told


def test_its_files_are_nobodys_business():
    told = heard(b'@PJL FSDIRLIST NAME="0:\\" ENTRY=1 COUNT=9\r\n@PJL FSDOWNLOAD FORMAT:BINARY SIZE=2 NAME="0:\\a"\r\n')
    assert told == b'@PJL FSDIRLIST NAME="0:\\" ENTRY=1 COUNT=9\r\nFILEERROR=3\r\n\f'


def test_jobs_are_swallowed_without_a_trace_in_the_evidence():
    job = b"\x1bE\x1b&l0O" + bytes(range(256)) * 40
    replies = converse(WHO, [UEL + b"@PJL JOB\r\n@PJL ENTER LANGUAGE=PCL\r\n" + job, job, UEL + b"@PJL INFO ID\r\n"])
    assert said(replies) == b'@PJL INFO ID\r\n"hp LaserJet 4250"\r\n\f'
    notes = [note.data for reply in replies for note in reply.notes if isinstance(note, Request)]
    assert notes == [UEL + b"@PJL JOB", b"@PJL ENTER LANGUAGE=PCL", UEL + b"@PJL INFO ID"]
    assert heard(b"GET / HTTP/1.0\r\n\r\n" + b"text\n" * 5000) == b""


def test_pjl_is_found_in_the_middle_of_a_job():
    told = heard(b"\0" * 3000 + UEL + b"@PJL INFO ID\r\n")
    assert told == heard(b"abc" + UEL + b"@PJL INFO ID\n") == heard(UEL + b"x" * 1100 + UEL + b"@PJL INFO ID\n") != b""


def test_any_bytes_are_borne():
    words = (UEL, UEL[:5], b"@PJL INFO ID", b"\r\n", b"x" * 600, b"@PJL ", b'RDYMSG DISPLAY="a"', b"INFO STATUS\n")
    never_raises(WHO, *words, examples=60)
