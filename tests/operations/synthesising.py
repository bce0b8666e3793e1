"""Synthesises in the folder that it runs in, once for each byte that it reads, and answers with the status.

Most of what `make synth` takes is the import of CDKTF and the bindings, so a process that has them does it many times.
It begins anew when the code is another.
"""

import os
import sys

import main

_AGAIN = "again"


def serve(answers: int, begun: bool) -> None:
    """Answer each byte of stdin on a file descriptor; if it has `begun` anew, one that was read has no answer yet."""
    code = main.code()
    while begun or os.read(sys.stdin.fileno(), 1):  # unbuffered, so that nothing is lost when it begins anew
        if main.code() != code:
            os.execv(sys.executable, [*sys.orig_argv, *([] if _AGAIN in sys.argv else [_AGAIN])])
        begun, sys.argv[1:] = False, []
        os.write(answers, f"{main.main()}\n".encode())


if __name__ == "__main__":
    serve(int(os.environ["ANSWERS"]), _AGAIN in sys.argv)
