"""Run the command line: ``python -m pix_mailmerge``."""

from pix_mailmerge.cli import main

if __name__ == "__main__":
    main()
