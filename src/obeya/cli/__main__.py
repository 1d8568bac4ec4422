"""`python -m obeya.cli` is `obeya`."""

import sys

from obeya.cli import main

if __name__ == "__main__":
    sys.exit(main.main())
