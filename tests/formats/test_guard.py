"""Whatever a reader raises becomes a fault; what ends the program passes."""

from __future__ import annotations

import errno
import struct

import pytest

from sestriage.errors import InputError, ParseError
from sestriage.formats.certs import der
from sestriage.formats.guard import Guard, fault_of
from sestriage.model.fault import Fault

PanicException = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
"""As pyo3 makes it: no `Exception`, in no module that can be imported."""

RAISED = [
    ValueError("s3cret"),
    PanicException("s3cret"),
    RecursionError("s3cret"),
    MemoryError(),
    StopIteration("s3cret"),
    struct.error("s3cret"),
    AssertionError("s3cret"),
    ParseError("s3cret"),
]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_fault_names_the_type_and_keeps_none_of_the_text(error: BaseException) -> None:
    faults: list[Fault] = []
    with Guard(faults.append):
        raise error
    (fault,) = faults
    assert fault.kind == type(error).__name__
    assert fault.kind in fault.sentence
    assert fault.code in fault.sentence
    assert "s3cret" not in fault.sentence


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit(), InputError("no such file")])
def test_what_is_no_fault_passes(error: BaseException) -> None:
    faults: list[Fault] = []
    with pytest.raises(type(error)), Guard(faults.append):
        raise error
    assert not faults


def test_errors_that_are_raised_on_purpose_pass_where_they_are_named() -> None:
    faults: list[Fault] = []
    with pytest.raises(ParseError), Guard(faults.append, ParseError):
        raise ParseError("no DER")
    assert not faults


def test_a_developer_sees_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESTRIAGE_DEBUG", "1")
    faults: list[Fault] = []
    with pytest.raises(ValueError, match="here"), Guard(faults.append):
        raise ValueError("here")
    assert not faults


def raised(data: bytes, text: str = "") -> BaseException:
    with pytest.raises(ParseError) as caught:
        der.integer(data, der.element(data)) if not text else der.expect(data, 0, len(data), der.SEQUENCE)
    return caught.value


def test_the_code_is_that_of_the_place_not_of_the_input() -> None:
    one, two = fault_of(raised(b"\x02\x00")), fault_of(raised(b"\x0a\x00"))
    other = fault_of(raised(b"\x02\x01\x00", "other"))
    assert one.code == two.code
    assert one.code != other.code
    assert len(one.code) == 8


def test_a_name_of_a_type_is_made_harmless() -> None:
    made = type("Bad\x1b[2J name" + "x" * 500, (Exception,), {})
    fault = fault_of(made())
    assert fault.kind.startswith("Bad2Jnamexx")
    assert len(fault.kind) == 60


def test_a_device_that_fails_is_no_fault_of_ours() -> None:
    fault = fault_of(OSError(errno.EIO, "s3cret", "/a/file"))
    assert fault.sentence == "reading it failed: Input/output error; the rest was used"
    assert "report" in fault_of(OSError("no number")).sentence
