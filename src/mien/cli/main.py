"""`mien`: one table of commands; a command's room is imported only when it is opened."""

import os
import sys
from importlib import import_module

from mien import __version__
from mien.cli.command import CommandTable, print_table
from mien.errors import MienError

COMMANDS: CommandTable = {
    "predict": ("mien.cli.predict:Predict", "read action units from photos, folders and clips"),
    "report": ("mien.cli.report:Report", "show a reading as one page that opens from disk"),
    "serve": ("mien.cli.serve:Serve", "open a page and an HTTP service that read on this machine"),
    "agree": ("mien.cli.agree:Agree", "compare a reading with human FACS codes, or two coders"),
    "summarise": (
        "mien.cli.summarise:Summarise",
        "turn readings and stimulus markers into a table for statistics",
    ),
    "replay": ("mien.cli.replay:Replay", "show a reading on a rendered head that is nobody's"),
    "assets list": ("mien.cli.assets:List", "show the third-party files and which are here"),
    "assets fetch": (
        "mien.cli.assets:Fetch",
        "bring third-party files to the cache, hash-checked",
    ),
    "lab make lab-1": ("mien.cli.lab_release:MakeRelease", "render lab-1, a corpus with a name"),
    "lab make": ("mien.cli.lab:Make", "render a store of people with exact labels"),
    "lab preview": ("mien.cli.lab:Preview", "draw contact sheets of the lab"),
    "lab facs": ("mien.cli.lab_facs:Facs", "draw every unit beside its description"),
    "lab describe": ("mien.cli.lab:Describe", "measure a scenario's labels without rendering it"),
    "lab clip": ("mien.cli.lab:Clip", "render a video clip with its truth beside it"),
    "data list": ("mien.cli.data:FromList", "turn your own CSV or Parquet list into a store"),
    "data folder": ("mien.cli.data:FromFolder", "turn a folder of images into a store"),
    "data show": ("mien.cli.data:Show", "say what a store holds"),
    "data verify": ("mien.cli.data:Verify", "check every record of a store"),
    "data forget": ("mien.cli.data:Forget", "remove a subject from a store and prove it"),
    "data pseudo": ("mien.cli.data_pseudo:Pseudo", "let clusters of clips stand for activities"),
    "recipes": ("mien.cli.train:Recipes", "list the named runs"),
    "train shipped": (
        "mien.cli.train_shipped:TrainShipped",
        "make the shipped model, from nothing",
    ),
    "train": ("mien.cli.train:parse_train", "train a recipe on a store"),
    "evaluate": ("mien.cli.train:Evaluate", "score a finished run on its held-out subjects"),
    "retrieve": ("mien.cli.retrieve:Retrieve", "show whom CLP re-expresses faces by"),
    "zero-shot": (
        "mien.cli.zero_shot:ZeroShot",
        "read expressions that a run was never told",
    ),
    "ask": ("mien.cli.ask:Ask", "put any phrase to faces, by a CLEF run"),
    "export": ("mien.cli.train:Export", "write a finished run as an ONNX bundle"),
    "demo": ("mien.cli.demo:Demo", "the whole path: render, train, evaluate, read, report"),
    "bench clef": ("mien.cli.bench_papers:clef", "CLEF's ablation: rows, seeds, claims, questions"),
    "bench clp": ("mien.cli.bench_papers:clp", "CLP's rows: seeds, claims, questions"),
    "bench sslfer": ("mien.cli.bench_papers:sslfer", "SSLFER's rows: seeds, claims, questions"),
    "bench ours": ("mien.cli.bench_papers:ours", "our own sums of parts: the best on both axes"),
    "bench all": ("mien.cli.bench_papers:everything", "all of these, and one figure of them"),
    "bench zero-shot": (
        "mien.cli.bench_papers:zero_shot",
        "CLEF on expressions that no label taught",
    ),
    "bench clef-studies": (
        "mien.cli.bench_papers:clef_studies",
        "CLEF's batches, labels, prompts, ...: one thing changed at a time",
    ),
    "bench clp-studies": ("mien.cli.bench_papers:clp_studies", "CLP's numbers, one at a time"),
    "bench sslfer-studies": (
        "mien.cli.bench_papers:sslfer_studies",
        "SSLFER's open choices, and the traps of its code",
    ),
    "bench claims": (
        "mien.cli.bench_claims:Claims",
        "list the claims on record that hold, and those that do not",
    ),
    "bench pictures": (
        "mien.cli.bench_pictures:Pictures",
        "draw what the methods work with and what they learned",
    ),
    "bench loader": ("mien.cli.bench:Loader", "time the loader beside bare decoding"),
    "bench difficulty": ("mien.cli.bench_difficulty:Difficulty", "measure how hard lab-1 is"),
    "bench render": ("mien.cli.bench:Render", "time the lab's renderer, part by part"),
    "bench face-swap": (
        "mien.cli.bench_face_swap:FaceSwap",
        "time SSLFER's edits of faces, and draw them",
    ),
    "bench serve": ("mien.cli.bench_serve:ServeLoad", "put load on the service"),
    "bench losses": (
        "mien.cli.bench_losses:Losses",
        "time NT-Xent and its memory beside five plain lines",
    ),
    "bench heap": ("mien.cli.bench_heap:Heap", "time training steps that keep freed memory"),
    "bench truth": ("mien.cli.bench_truth:Truth", "hold rendered units against blend shapes"),
    "bench shipped": (
        "mien.cli.bench_shipped:Shipped",
        "judge the shipped model on photographs and held-out people",
    ),
    "bench reader": (
        "mien.cli.bench_reader:Reader",
        "time reading a clip and a photo, and watch its memory",
    ),
    "bench real": ("mien.cli.bench_real:Real", "try a reader taught by the lab on real faces"),
}

USAGE = """usage: mien COMMAND [OPTIONS]

mien reads faces without reading who they belong to.

commands:
{table}

examples:
  mien assets fetch reader
  mien predict photo.jpg --out reading
  mien train clef-finetune --store lab --out runs/clef

`mien COMMAND --help` explains one. Exit codes: 0 done, 1 stopped or failed, 2 something
in the input to mend (the message names the file and the remedy).
"""


def find(words: list[str], commands: CommandTable) -> tuple[str, list[str]] | None:
    """Return the command that `words` begin with, and the rest of the words."""
    for length in (3, 2, 1):
        name = " ".join(words[:length])
        if len(words) >= length and name in commands:
            return name, words[length:]
    return None


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in {"-h", "--help", "help"}:
        print(USAGE.format(table=print_table(COMMANDS)))
        return 0
    if words[0] == "--version":
        print(f"mien {__version__}")
        return 0
    found = find(words, COMMANDS)
    if found is None:
        return _unknown(words)
    name, rest = found
    return _open(name, rest)


def _unknown(words: list[str]) -> int:
    group = {name: entry for name, entry in COMMANDS.items() if name.split()[0] == words[0]}
    if group and (len(words) == 1 or words[1] in {"-h", "--help"}):
        print(f"usage: mien {words[0]} COMMAND [OPTIONS]\n\ncommands:\n{print_table(group)}")
        return 0
    import difflib

    typed = " ".join(words[:2]) if group else words[0]
    near = difflib.get_close_matches(typed, [*COMMANDS, *{n.split()[0] for n in COMMANDS}], n=1)
    hint = f"did you mean `mien {near[0]}`?" if near else "`mien --help` lists the commands"
    print(f"mien: there is no command '{typed}'\n  remedy: {hint}", file=sys.stderr)
    return 2


def _open(name: str, words: list[str]) -> int:
    # Threads that wait by spinning take the core that another one needs: on a busy machine training
    # ran five times slower. It must be said before torch loads its OpenMP.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    module, _, attribute = COMMANDS[name][0].partition(":")
    from mien.cli.command import parse
    from mien.cli.places import check_places

    try:
        command = parse(getattr(import_module(module), attribute), words, name=name)
        check_places(command, folders=name.startswith("bench "))
        return command.run()
    except MienError as error:
        print(f"mien {name}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output left; nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"mien {name}: {where}{error.strerror or error}\n"
            "  remedy: free some space, mend the permissions, or name another folder",
            file=sys.stderr,
        )
        return 2
    except ModuleNotFoundError as error:
        from mien.cli.command import extra_of

        extra = extra_of(error.name)
        if extra is None:
            raise
        print(
            f"mien {name}: this needs the package '{error.name}', which is not installed\n"
            f"  remedy: in the checkout, pip install -c constraints.txt '.[{extra}]'",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print(f"\nmien {name}: stopped; run the same command again to go on", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
