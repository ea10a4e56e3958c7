"""The commands; what a command does is imported when it runs, so that `--help` is quick."""

import click

from likelinet import __version__
from likelinet.cli import after_fit, before_fit


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__)
def cli() -> None:
    """Fit networks whose outputs are probability distributions, and sample from what they predict."""


for command in (
    before_fit.check,
    before_fit.init,
    before_fit.split,
    before_fit.fit,
    before_fit.compare,
    before_fit.tune,
    after_fit.evaluate,
    after_fit.recalibrate,
    after_fit.predict,
    after_fit.sample,
    after_fit.encode,
    after_fit.generate,
    after_fit.plot,
    after_fit.report,
    after_fit.explain,
    after_fit.show,
    after_fit.schema,
    after_fit.demo,
):
    cli.add_command(command)
