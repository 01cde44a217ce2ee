"""Lab Streaming Layer: the library itself, how far it reaches, and the streams that it sees.

The only module that imports pylsl, whose wheels carry liblsl for Windows, macOS and Linux on x86-64; elsewhere liblsl
is installed beside it (conda-forge or the system's package).

Within :attr:`Scope.MACHINE` streams are looked for, and answer, on 127.0.0.1 only. liblsl has no setting that keeps
its ports from listening on other interfaces: a computer that knows address and port could still connect, which a
firewall prevents. With :attr:`Scope.NETWORK` liblsl's own configuration decides (``lsl_api.cfg``, ``LSLAPICFG``).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any

from nfb.model.errors import SetupError

INSTALL = "python -m pip install 'nfb[lsl]'"


class Scope(Enum):
    """How far streams are announced and looked for."""

    MACHINE = "machine"
    NETWORK = "network"


# Discovery asks port after port of this computer (KnownPeers), and soon: a packet to the shared multicast port of
# 127.0.0.1 reaches only one of several streams.
_MACHINE_CONFIG = """\
[multicast]
ResolveScope = machine
AddressesOverride = {127.0.0.1}
ListenAddress = 127.0.0.1
[lab]
KnownPeers = {127.0.0.1}
[ports]
IPv6 = disable
[tuning]
MulticastMinRTT = 0.05
UnicastMinRTT = 0.05
[log]
level = -2
"""
_lock = threading.Lock()
_chosen: list[Scope] = []  # liblsl reads its configuration once in the life of a process


def load(scope: Scope) -> ModuleType:
    """The pylsl module, set to `scope`.

    Raises
    ------
    SetupError
        pylsl or liblsl is missing, or the process uses LSL with another scope already.
    """
    try:
        import pylsl
    except (ImportError, RuntimeError, OSError) as error:  # RuntimeError: pylsl without liblsl
        why = str(error).strip().partition("\n")[0]
        raise SetupError(f"LSL needs pylsl with liblsl: {INSTALL} ({why})") from error
    with _lock:
        if not _chosen:
            if scope is Scope.MACHINE:
                _restrict(pylsl)
            _chosen.append(scope)
    if _chosen[0] is not scope:
        raise SetupError(
            f"LSL is in use with the scope {_chosen[0].value} already and cannot change to {scope.value}. "
            "Close the program and start it again."
        )
    module: ModuleType = pylsl
    return module


def _restrict(pylsl: ModuleType) -> None:
    try:
        pylsl.set_config_content(_MACHINE_CONFIG)
    except (NotImplementedError, AttributeError, RuntimeError) as error:
        raise SetupError(
            f"LSL: this liblsl cannot be kept to this computer; it must be 1.17 or newer: {INSTALL} --upgrade. Or "
            "choose the scope network, and restrict it with a firewall."
        ) from error


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that was seen; `handle` is pylsl's own description of it.

    Parameters
    ----------
    rate_hz
        Nominal rate; 0 for an irregular stream such as markers.
    """

    name: str
    kind: str
    n_channels: int
    rate_hz: float
    channel_format: str
    source_id: str
    host: str
    handle: Any


def find_streams(scope: Scope, wait_s: float = 1.0) -> tuple[Stream, ...]:
    """All streams that answer within `wait_s`, by host and name."""
    pylsl = load(scope)
    found = [_described(pylsl, handle) for handle in pylsl.resolve_streams(wait_s)]
    return tuple(sorted(found, key=lambda stream: (stream.host, stream.name)))


def find_stream(scope: Scope, key: str, value: str, wait_s: float) -> Stream | None:
    """The first stream whose `key` (``name``, ``source_id``) is `value`; None after `wait_s`."""
    pylsl = load(scope)
    found: Sequence[Any] = pylsl.resolve_byprop(key, value, 1, wait_s)
    return _described(pylsl, found[0]) if found else None


def _described(pylsl: ModuleType, handle: Any) -> Stream:
    # An enum in newer versions of pylsl, a bare number in older ones.
    number = int(handle.channel_format())
    formats = {
        pylsl.cf_float32: "float32",
        pylsl.cf_double64: "double64",
        pylsl.cf_string: "string",
        pylsl.cf_int32: "int32",
        pylsl.cf_int16: "int16",
        pylsl.cf_int8: "int8",
        pylsl.cf_int64: "int64",
    }
    return Stream(
        handle.name(),
        handle.type(),
        handle.channel_count(),
        handle.nominal_srate(),
        formats.get(number, "undefined"),
        handle.source_id(),
        handle.hostname(),
        handle,
    )
