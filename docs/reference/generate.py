"""Writes the reference pages from what they tell of: protos, reasons, flags, metrics.

    python docs/reference/generate.py BUILD OUTPUT

BUILD is a build folder with the programs in it; OUTPUT gets events.md, rpcs.md, errors.md,
config.md and metrics.md. A test compares them with what is here; OMO_APPROVE=1 writes them.
"""

import importlib
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = "<!-- Made by docs/reference/generate.py; ./omo approve -->\n"


def cell(text):
    """Text as one line of a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def sentence(text):
    return cell(text) if text.strip() else ""


# ---- protos ----


class Protos:
    """All of our .proto files, with their comments and our own options."""

    def __init__(self):
        files = sorted(str(path.relative_to(ROOT / "proto"))
                       for path in (ROOT / "proto/omo").rglob("*.proto"))
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(folder) / "omo.binpb"
            self._protoc("--include_imports", "--include_source_info",
                         f"--descriptor_set_out={made}", *files)
            self._protoc(f"--python_out={folder}", "omo/type/v1/options.proto")
            sys.path.insert(0, folder)
            # Known before the descriptors are read: our options are extensions.
            self.options = importlib.import_module("omo.type.v1.options_pb2")
            sys.path.remove(folder)
            descriptors = descriptor_pb2.FileDescriptorSet.FromString(made.read_bytes())
        self.files = [file for file in descriptors.file if file.package.startswith("omo.")]

    @staticmethod
    def _protoc(*words):
        subprocess.run(["protoc", "-I", ROOT / "proto", "-I", ROOT / "proto/third_party", *words],
                       check=True)

    def option(self, method, name):
        return method.options.Extensions[getattr(self.options, name)]


def comments(file):
    """Of each element, by its path in the file's descriptor."""
    return {tuple(at.path): at for at in file.source_code_info.location}


def comment(notes, *path):
    at = notes.get(path)
    return at.leading_comments if at else ""


SCALARS = {number: name[len("TYPE_"):].lower()
           for name, number in descriptor_pb2.FieldDescriptorProto.Type.items()}


def type_of(field, package):
    name = field.type_name.lstrip(".") if field.type_name else SCALARS[field.type]
    name = name.removeprefix(package + ".")
    return f"repeated {name}" if field.label == field.LABEL_REPEATED else name


def fields_table(message, notes, path, package):
    if not message.field:
        return "No fields.\n"
    lines = ["| # | field | type | |", "| --- | --- | --- | --- |"]
    for i, field in enumerate(message.field):
        said = comment(notes, *path, 2, i)
        lines.append(f"| {field.number} | `{field.name}` | {type_of(field, package)} | "
                     f"{sentence(said)} |")
    return "\n".join(lines) + "\n"


def values_table(enum, notes, path):
    lines = ["| # | value | |", "| --- | --- | --- |"]
    for i, value in enumerate(enum.value):
        said = sentence(comment(notes, *path, 2, i))
        lines.append(f"| {value.number} | `{value.name}` | {said} |")
    return "\n".join(lines) + "\n"


def events_page(protos):
    out = ["# Events", GENERATED,
           "What the journals hold, for ever. A record's key is its subject; its headers say",
           "whether it counts",
           "([ADR 2](../adr/0002-a-term-in-the-log-instead-of-kafka-transactions.md)).", ""]
    journals = [file for file in protos.files if ".events." in file.package]
    shared = [file for file in protos.files if file.name.endswith("journal/v1/journal.proto")]
    for file in journals + shared:
        notes = comments(file)
        service = file.package.split(".")[1]
        topic = f"topic `omo.{service}.journal.v1`" if file in journals else "in every journal"
        out += [f"## {file.package}: {topic}", "", sentence(comment(notes, 12)), ""]
        for i, message in enumerate(file.message_type):
            out += [f"### {message.name}", "", sentence(comment(notes, 4, i)), "",
                    fields_table(message, notes, (4, i), file.package)]
        for i, enum in enumerate(file.enum_type):
            out += [f"### {enum.name}", "", sentence(comment(notes, 5, i)), "",
                    values_table(enum, notes, (5, i))]
    return "\n".join(out)


ROUTES = {1: "key", 2: "keys", 3: "every shard", 4: "any instance",
          5: "each call by its own RPC"}
BULK = 5


def rpcs_page(protos):
    out = ["# RPCs", GENERATED,
           "How the gateway finds the shard, who may call, what a call costs against a quota.",
           "An RPC without a service in its route is asked of one instance directly. Reasons of a",
           "\"no\": [errors](errors.md).", ""]
    tables = {}  # By full name: a request may stand in another file than its service.
    for file in protos.files:
        notes = comments(file)
        for i, message in enumerate(file.message_type):
            tables[f".{file.package}.{message.name}"] = fields_table(
                message, notes, (4, i), file.package)
    for file in protos.files:
        notes = comments(file)
        for s, service in enumerate(file.service):
            out += [f"## {file.package}.{service.name}", "", sentence(comment(notes, 6, s)), ""]
            for m, method in enumerate(service.method):
                route = protos.option(method, "route")
                where = ROUTES[route.kind] + (f" `{route.field}`" if route.field else "")
                direct = "" if route.kind == BULK else ", not through the gateway"
                where += f" of {route.service}" if route.service else direct
                if route.order:
                    where += f"; `{route.answers}` by `{route.order}`"
                roles = ", ".join(protos.option(method, "roles")) or "every caller"
                streaming = " It is a stream of both." if method.client_streaming else ""
                out += [f"### {method.name}", "",
                        sentence(comment(notes, 6, s, 2, m)) + streaming, "",
                        f"Route: {where}. Roles: {roles}. "
                        f"Cost: {protos.option(method, 'cost') or 1}.", ""]
                for name in (method.input_type, method.output_type):
                    out += [f"`{name.split('.')[-1]}`", "", tables[name]]
    return "\n".join(out)


# ---- errors ----

REMEDIES = {"kChangeSomething": "changes something; the same id may be tried again",
            "kMendRequest": "mends the request", "kSameIdThere": "sends the same id to the owner",
            "kSameId": "sends the same id again", "kSameIdLater": "the same, after the delay",
            "kSignIn": "is another caller"}


def errors_page(protos):
    source = (ROOT / "libs/rpc/errors.h").read_text()
    entries = re.findall(
        r'ReasonEntry\{\s*"(\w+)", grpc::(\w+), Remedy::(\w+),\s*((?:"[^"]*"\s*)+)\}', source)
    assert len(entries) == source.count("ReasonEntry{"), "a reason is not understood"
    out = ["# Errors", GENERATED,
           "Every \"no\" has a gRPC code and an `ErrorInfo` (domain `omo`) with a reason;",
           "bad fields come with their paths, a full queue with a delay. Of figures or fields that",
           "metadata (8 KiB) has no room for, `left_out` of the `ErrorInfo` is the number.", "",
           "## Of every service", "", "| reason | code | meaning | the caller |",
           "| --- | --- | --- | --- |"]
    for reason, code, remedy, words in entries:
        meaning = "".join(re.findall(r'"([^"]*)"', words))
        out.append(f"| `{reason}` | {code} | {cell(meaning)} | {REMEDIES[remedy]} |")
    for file in protos.files:
        for e, enum in enumerate(file.enum_type):
            if enum.name != "Refusal":
                continue
            notes = comments(file)
            out += ["", f"## Refusals of {file.package.split('.')[1]}", "",
                    "| reason | kind | |", "| --- | --- | --- |"]
            group = ""
            for v, value in enumerate(enum.value):
                at = notes.get((5, e, 2, v))
                for detached in at.leading_detached_comments if at else []:
                    group = detached.strip().removeprefix("---").strip().rstrip(".")
                if value.number:
                    out.append(f"| `{value.name.removeprefix('REFUSAL_')}` | {group} | "
                               f"{sentence(comment(notes, 5, e, 2, v))} |")
    return "\n".join(out) + "\n"


# ---- settings ----


def flags_of(path):
    """(name, type, default, help) of the flags that a file defines."""
    text = path.read_text()
    for at in re.finditer(r"ABSL_FLAG\(([\w:]+), (\w+), (.*?),\s*((?:\"[^\"]*\"\s*)+)\);", text,
                          re.DOTALL):
        words = "".join(re.findall(r'"([^"]*)"', at[4]))
        yield at[2], at[1].removeprefix("std::"), " ".join(at[3].split()), words


def config_page(build):
    out = ["# Settings", GENERATED,
           "A flag `--in_flight_max` is also the variable `OMO_IN_FLIGHT_MAX`; the flag wins. A",
           "dash counts as an underscore, `--flagfile=FILE` reads flags from a file, and",
           "`--check_config` tries the settings and ends. `OMO_DESCRIPTORS` as a default means the",
           "build's own file.",
           ""]
    host = ROOT / "libs/service/host.cc"
    for main in sorted(ROOT.glob("services/*/main.cc")):
        hosted = "libs/service/host.h" in main.read_text()
        files = ([host] if hosted else []) + sorted(main.parent.rglob("*.cc"))
        flags = [flag for path in files for flag in flags_of(path)]
        if not flags:
            continue
        out += [f"## omo_{main.parent.name}", "", "| flag | type | default | |",
                "| --- | --- | --- | --- |"]
        out += [f"| `--{name}` | {kind} | `{default}` | {cell(words)} |"
                for name, kind, default, words in flags]
        out.append("")
    out += ["## omoctl", ""]
    omoctl = build / "services/omoctl/omoctl"

    def asked(*words):
        told = subprocess.run([omoctl, *words, "--help"], check=True, capture_output=True,
                              text=True).stdout
        told = re.sub(r"Usage: \S*omoctl", "Usage: omoctl", told)
        return "\n".join(line.rstrip() for line in told.strip().splitlines())

    listing = asked()
    out += ["```", listing, "```", ""]
    for name in re.findall(r"^  ([a-z][\w-]*) ", listing.split("Subcommands:")[1], re.MULTILINE):
        out += [f"### omoctl {name}", "", "```", asked(name), "```", ""]
    return "\n".join(out)


# ---- metrics ----


def metrics_page(build):
    out = ["# Metrics", GENERATED,
           "On the admin port's `/metrics`. Counters end in `_total`: take their rate. Of every",
           "sharded service there are the shards' families, here those of inventory."]
    for program in ("gateway", "inventory"):
        out += ["", f"## omo_{program}", "", "| family | kind | labels | |",
                "| --- | --- | --- | --- |"]
        told = subprocess.run([build / f"{program}_families"], check=True, capture_output=True,
                              text=True).stdout
        for line in told.splitlines():
            name, kind, labels, words = line.split("\t")
            out.append(f"| `{name}` | {kind} | {labels} | {cell(words)} |")
    return "\n".join(out) + "\n"


def pages(build):
    protos = Protos()
    made = {"events.md": events_page(protos), "rpcs.md": rpcs_page(protos),
            "errors.md": errors_page(protos), "config.md": config_page(build),
            "metrics.md": metrics_page(build)}
    return {name: "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
            for name, text in made.items()}


def main():
    build, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for name, text in pages(build).items():
        (output / name).write_text(text)


if __name__ == "__main__":
    main()
