// The operators' command. `omoctl --help` lists what it can do.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

#include "services/omoctl/balances.h"
#include "services/omoctl/grpc_sender.h"
#include "services/omoctl/replay_plan.h"
#include "services/omoctl/replay_report.h"
#include "services/omoctl/replay_runner.h"
#include "services/omoctl/run_file.h"
#include "services/omoctl/shop.h"

namespace omo::omoctl {
namespace {

struct Arguments {
  std::string target = "127.0.0.1:7600";
  std::filesystem::path input;
  std::filesystem::path answers;
  std::filesystem::path run;
  std::filesystem::path output;
  int concurrency = 64;
  int deadline_ms = 10'000;
  int patience_seconds = 300;
};

int Fail(const absl::Status& status) {
  std::cerr << "omoctl: " << std::string(status.message()) << '\n';
  return 1;
}

int Replay(const Arguments& arguments) {
  const auto shop = ReadShop(arguments.input);
  if (!shop.ok()) return Fail(shop.status());
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  const auto started = ReplayStart(arguments.run, shop->digest, now);
  if (!started.ok()) return Fail(started.status());
  GrpcSender sender(OpenChannel(arguments.target),
                    std::chrono::milliseconds(arguments.deadline_ms));
  ReplayReport report(arguments.answers);
  const RunnerOptions options{.concurrency = arguments.concurrency,
                              .patience = std::chrono::seconds(arguments.patience_seconds)};
  const absl::Status replayed = RunPlan(MakePlan(*shop, *started), sender, options, report);
  const absl::Status reported = report.Finish();
  if (!replayed.ok()) return Fail(replayed);
  return reported.ok() ? 0 : Fail(reported);
}

int Balances(const Arguments& arguments) {
  const auto shop = ReadShop(arguments.input);
  if (!shop.ok()) return Fail(shop.status());
  const auto written = WriteBalances(*shop, OpenChannel(arguments.target), arguments.output);
  return written.ok() ? 0 : Fail(written);
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("omoctl: the operators' command of the OMO Suite");
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* what) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("--target", arguments.target, "host:port of the gateway")
        ->capture_default_str();
    command->add_option("--input", arguments.input, "folder of deploy/demo/extract_shop.py")
        ->required();
    return command;
  };

  CLI::App* replay = add("replay", "replay a real shop's days, following every failure");
  replay->add_option("--answers", arguments.answers, "file to write each answer into")->required();
  replay->add_option("--run", arguments.run, "file that remembers the run, for the same ids again")
      ->required();
  replay->add_option("--concurrency", arguments.concurrency, "commands on their way at a time")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  replay->add_option("--deadline-ms", arguments.deadline_ms, "of each attempt")
      ->capture_default_str()
      ->check(CLI::Range(1, 600'000));
  replay
      ->add_option("--patience-seconds", arguments.patience_seconds,
                   "give up after so long without an answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 86'400));

  CLI::App* balances = add("balances", "write the figures of a shop's SKUs into a file");
  balances->add_option("--output", arguments.output, "file to write")->required();

  CLI11_PARSE(app, argc, argv);
  return replay->parsed() ? Replay(arguments) : Balances(arguments);
}

}  // namespace
}  // namespace omo::omoctl

int main(int argc, char** argv) { return omo::omoctl::Main(argc, argv); }
