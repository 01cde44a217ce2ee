"""The command line. Without a command it opens the window."""

import io
import os
import sys
from collections.abc import Sequence

# One hop is a product of a few thousand multiplications: a second BLAS thread only costs hand-over time.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from nfb.cli.arguments import make_parser  # noqa: E402
from nfb.model.errors import DeviceError, NfbError  # noqa: E402

OK = 0
ANSWERED_NO = 1  # a verification differs, a protocol does not fit, a session could not run to its end
USER_CAN_MEND = 2
DEVICE_TROUBLE = 3
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        Arguments without the program's name; ``sys.argv`` by default.

    Returns
    -------
    int
        Exit code: 0 done, 1 the answer is no, 2 something the user can mend, 3 trouble with the device.
    """
    # µ and ≥ have no letter in some terminals and pipes; a question mark is better than an error.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    arguments = make_parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments)
    except DeviceError as error:
        print(f"nfb: {error.what}", file=sys.stderr)
        if error.way_out:
            print(f"     {error.way_out}", file=sys.stderr)
        return DEVICE_TROUBLE
    except NfbError as error:
        print(f"nfb: {error}", file=sys.stderr)
        return USER_CAN_MEND
    except KeyboardInterrupt:
        print("nfb: interrupted; what was recorded is kept", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `nfb … | head` closed the pipe; there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code
