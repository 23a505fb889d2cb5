"""`./market`, or `python -m deploy.local`."""

from deploy.local.cli import market

if __name__ == "__main__":
    market(prog_name="market")
