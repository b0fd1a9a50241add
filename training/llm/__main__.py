"""Trains the language adapter, or goes on with it: `make train-llm`, or

    python -m training.llm [--folder out/train-llm] [--config FILE] [--minutes M | --steps N]

A line a step: step, stage, loss, validation loss, learning rate, tokens so far. The folder holds log.tsv and the
checkpoint; a run that is stopped and started again goes on from it.
"""

import argparse
import math
import sys
from pathlib import Path

from training.llm.config import read_config
from training.llm.run import Run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("out/train-llm"), help="of log and checkpoint")
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("config.toml"), help="the numbers")
    parser.add_argument("--minutes", type=float, default=math.inf, help="to train for at most")
    parser.add_argument("--steps", type=int, help="to train for at most")
    options = parser.parse_args()
    run = Run(read_config(options.config), options.folder)
    for line in run.train(steps=options.steps, minutes=options.minutes):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
