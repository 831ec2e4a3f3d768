"""`python -m server COMMAND`, and `dazzle COMMAND`."""
import gc
import sys


def main() -> int:
    """Run one command; the exit status."""
    gc.disable()  # nothing of what is imported becomes garbage: looking for some takes a third of the start
    sys.modules["rich"] = None  # type: ignore[assignment]  # 4 MB for tracebacks with values in them, which nobody may see
    from server.cli import main as carry_out
    gc.freeze()
    gc.enable()
    return carry_out()


if __name__ == "__main__":
    sys.exit(main())
