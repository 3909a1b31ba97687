"""The steps of a ProxylessNAS search in PyTorch, on the CPU: what the step benchmark compares this project with.

One process holds one supernet and does one step per command, so that a parent can interleave the steps of several
implementations and compare them under the same load. It prints `{"ready": true, "choices": [candidates of each choice
block, ...], ...}`, then reads one JSON command a line from stdin:

  {"do": "weight", "path": [i, ...]}                              train the weights of one path
  {"do": "archTwo", "pairs": [[i, j], ...], "active": [0|1, ...]} architecture step, mode `two`; active: place in the pair
  {"do": "archFull", "path": [i, ...]}                            architecture step, gate mode `full`
  {"do": "quit"}                                                  end (so does the end of stdin)

and answers each with `{"ms": wall time, "loss": loss before the update, "peakRssMb": peak resident MiB so far}`, or with
`{"error": sentence}`. A path has one index for each choice block. Candidates are in the order kernel, expansion: (3,3),
(3,6), (5,3), (5,6), (7,3), (7,6), then Zero where the block has a shortcut. The parent samples, so that every
implementation steps along the same paths; it also sets the allocator's environment (MALLOC_*).
"""

import argparse
import json
import sys
import time

# A benchmark leaves nothing behind in the source tree.
sys.dont_write_bytecode = True
try:
    import torch
except ImportError:
    sys.exit(f"{sys.executable} has no PyTorch: install it (Debian: python3-torch, run by /usr/bin/python3).")

from torch_search import Search
from torch_supernet import SPACES


def checked_path(path, counts):
    """The path, if it has one index for each choice block and each is a candidate of its block."""
    if len(path) != len(counts) or not all(isinstance(i, int) and 0 <= i < n for i, n in zip(path, counts)):
        raise ValueError(f"a path needs {len(counts)} candidate indices, each below {counts}; got {path}")
    return path


def plan(search, command, counts):
    """The step a command asks for, its arguments checked before the clock starts."""
    kind = command["do"]
    if kind == "weight":
        path = checked_path(command["path"], counts)
        return lambda: search.weight(path)
    if kind == "archFull":
        path = checked_path(command["path"], counts)
        return lambda: search.arch_full(path)
    if kind == "archTwo":
        pairs, active = command["pairs"], checked_path(command["active"], [2] * len(counts))
        for place in (0, 1):
            checked_path([pair[place] for pair in pairs], counts)
        if any(len(set(pair)) != 2 or len(pair) != 2 for pair in pairs):
            raise ValueError("each pair needs two different candidates")
        return lambda: search.arch_two(pairs, active)
    raise ValueError(f"unknown command {kind!r}: use weight, archTwo, archFull or quit")


def peak_rss_mb():
    """Peak resident memory in MiB, on Linux. Not getrusage's ru_maxrss, which a child inherits from its parent."""
    with open("/proc/self/status") as status:
        peak = next(line for line in status if line.startswith("VmHWM:"))
    return round(int(peak.split()[1]) / 1024, 1)


def follow(search, line, counts, largest):
    """Does what one line of stdin asks and returns the answer; None says to end."""
    try:
        command = json.loads(line)
        if command["do"] == "quit":
            return None
        if largest and command["do"] != "weight":
            raise ValueError("with --largest there is no architecture to search, send weight steps only")
        step = plan(search, command, counts)
    except KeyError as missing:
        return {"error": f"{line.strip()} lacks {missing}"}
    except (ValueError, TypeError, IndexError) as error:
        return {"error": f"cannot follow {line.strip()}: {error}"}
    start = time.perf_counter()
    loss = step()
    milliseconds = (time.perf_counter() - start) * 1000
    return {"ms": round(milliseconds, 3), "loss": loss, "peakRssMb": peak_rss_mb()}


def say(message):
    print(json.dumps(message), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--space", choices=SPACES, required=True)
    parser.add_argument("--variant", choices=["plain", "channels-last"], default="plain", help="memory layout")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--largest", action="store_true",
                        help="the largest network (each block 7x7 e6) in place of the supernet: weight steps, path all 0")
    if len(sys.argv) == 1:
        return parser.print_help()
    options = parser.parse_args()
    if options.threads < 1:
        parser.error("--threads needs a number from 1")
    torch.set_num_threads(options.threads)
    memory_format = torch.channels_last if options.variant == "channels-last" else torch.contiguous_format
    space = SPACES[options.space]
    search = Search(space, options.largest, memory_format)
    counts = [block.count for block in search.net.choices]
    say({"ready": True, "torch": torch.__version__, "space": options.space, "variant": options.variant,
         "threads": options.threads, "batch": space["batch"], "choices": counts})
    for line in sys.stdin:
        reply = follow(search, line, counts, options.largest)
        if reply is None:
            break
        say(reply)


if __name__ == "__main__":
    main()
