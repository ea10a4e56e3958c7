"""`python -m likelinet`: the command line."""

import os
import sys

if __name__ == "__main__":
    # `-m` puts the current folder first, where a file may have the name of a module that others try to import.
    if not sys.flags.safe_path and sys.path[0] == os.path.realpath(os.curdir):
        del sys.path[0]

from likelinet.cli.main import main

if __name__ == "__main__":
    main()
