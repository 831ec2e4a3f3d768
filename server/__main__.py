"""`python -m server COMMAND`."""
import gc
import sys

gc.disable()  # nearly all that is imported stays: to look through it again and again takes a third of the start
from server.cli import main  # noqa: E402

gc.enable()

if __name__ == "__main__":
    sys.exit(main())
