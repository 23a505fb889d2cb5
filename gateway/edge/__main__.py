"""`python -m gateway.edge`: renders the edge from the table of routes."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.edge.rendering import error_pages, render
from gateway.edge.routes import BadTable, places, read
from gateway.edge.site import Site, prepare
from gateway.static.files import Manifest

TABLE = Path(__file__).parents[1] / "routes.toml"
table_option = click.option("--routes", "table", type=click.Path(path_type=Path, exists=True), default=TABLE)


@click.group()
def main() -> None:
    """Render the edge, or show the public surface."""


@main.command()
@table_option
def show(table: Path) -> None:
    """Print the public surface, a line a path."""
    for place in places(read(table)):
        who = sorted({role for route in place.routes for role in route.who})
        click.echo(f"{place.path:45} {'|'.join(place.allow):22} {place.first.service:9} {', '.join(who)}")


@main.command(name="render")
@table_option
@click.option("--upstream", "upstreams", multiple=True, required=True, help="SERVICE=HOST:PORT[,HOST:PORT…]; repeat.")
@click.option("--listen", default="127.0.0.1:8000", show_default=True)
@click.option("--static", type=click.Path(path_type=Path), required=True, help="Folder of `gateway.static build`.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The nginx.conf to write.")
@click.option("--state", type=click.Path(path_type=Path), help="Folder for pid, temp files and error pages [out's].")
@click.option("--access-log", default="/dev/stdout", show_default=True)
@click.option("--error-log", default="stderr", show_default=True)
@click.option("--https", is_flag=True, help="TLS ends in front of this edge.")
@click.option("--trusted-proxy", "proxies", multiple=True, help="CIDR whose X-Forwarded-For counts; repeat.")
@click.option("--rate-factor", default=1, type=click.IntRange(1), help="Multiplies every rate.")
@click.option("--workers", default="auto", show_default=True)
def render_command(
    table: Path, upstreams: tuple[str, ...], listen: str, static: Path, out: Path, state: Path | None,
    access_log: str, error_log: str, https: bool, proxies: tuple[str, ...], rate_factor: int, workers: str,
) -> None:  # fmt: skip
    """Write nginx.conf and its error pages.

    Example: python -m gateway.edge render --upstream identity=127.0.0.1:8101 --upstream vendor=127.0.0.1:8102
    --upstream web=127.0.0.1:8100 --static build/static --listen 127.0.0.1:8000 --out build/edge/nginx.conf,
    then nginx -e stderr -p build/edge -c nginx.conf.
    """
    site = Site(
        listen=listen,
        upstreams=dict(_upstream(it) for it in upstreams),
        static=static.absolute(),
        state=(state or out.parent).absolute(),
        https=https,
        trusted_proxies=proxies,
        rate_factor=rate_factor,
        workers=workers,
        access_log=access_log,
        error_log=error_log,
    )
    try:
        write(site, out, table)
    except (BadTable, OSError) as problem:
        raise click.ClickException(str(problem)) from problem


def write(site: Site, out: Path, table: Path = TABLE) -> None:
    """Write the configuration to `out` and the error pages under the site's state folder."""
    manifest = Manifest.read(site.static)
    prepare(site)
    for name, page in error_pages(manifest.url("market.css"), manifest.url("mark.svg")).items():
        (site.state / "errors" / name).write_text(page)
    out.write_text(render(read(table), site, table=table))


def _upstream(text: str) -> tuple[str, tuple[str, ...]]:
    service, equals, servers = text.partition("=")
    if not (service and equals and servers):
        raise click.BadParameter(f"{text!r} is not SERVICE=HOST:PORT")
    return service, tuple(servers.split(","))


if __name__ == "__main__":
    main()
