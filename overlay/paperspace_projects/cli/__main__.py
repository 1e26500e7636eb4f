"""The command line as a module: `python -m paperspace_projects.cli`."""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
