"""`python -m likelinet`: the command line."""

from likelinet.cli.main import main

if __name__ == "__main__":
    main()
