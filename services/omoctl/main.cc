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
#include "services/omoctl/shards.h"
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
  ShardOrder order;
  omo::Offset offset = 0;
  std::string feature;
  int level = 0;
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

int Skip(const Arguments& arguments) {
  const auto skipped = SkipRecord(OpenChannel(arguments.target), arguments.order, arguments.offset,
                                  std::chrono::seconds(arguments.patience_seconds));
  if (!skipped.ok()) return Fail(skipped);
  std::cout << "shard " << arguments.order.shard << " goes on behind offset " << arguments.offset
            << '\n';
  return 0;
}

int Enable(const Arguments& arguments) {
  const auto enabled = EnableFeature(OpenChannel(arguments.target), arguments.order.shard,
                                     arguments.feature, arguments.level);
  if (!enabled.ok()) return Fail(enabled.status());
  std::cout << "feature " << arguments.feature << " is enabled in shard " << arguments.order.shard
            << " from offset " << *enabled << " on\n";
  return 0;
}

int TakeTime(const Arguments& arguments) {
  const auto taken = TakeClockTime(OpenChannel(arguments.target), arguments.order);
  if (!taken.ok()) return Fail(taken.status());
  std::cout << "shard " << arguments.order.shard << " has its owner's time from offset " << *taken
            << " on\n";
  return 0;
}

// The commands for one shard of one instance, not for the shop as a whole.
void AddShardCommands(CLI::App& app, Arguments& arguments) {
  const auto add = [&](const char* name, const char* what) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("--target", arguments.target, "host:port of an instance, not the gateway")
        ->required();
    command->add_option("--shard", arguments.order.shard, "which shard")
        ->required()
        ->check(CLI::Range(0, 4'095));
    return command;
  };
  const auto add_decided = [&](CLI::App& command) {
    command.add_option("--operator", arguments.order.decided_by, "who decides so")->required();
    command.add_option("--reason", arguments.order.reason, "why, kept in the log")->required();
  };
  CLI::App* skip =
      add("skip", "make the record that stops a shard void for every reader, for ever");
  skip->add_option("--offset", arguments.offset, "of the record, as the instance's log line says")
      ->required()
      ->check(CLI::NonNegativeNumber);
  add_decided(*skip);
  add_decided(*add("take-clock-time", "move a shard's time back to its owner's clock"));
  CLI::App* enable = add("enable-feature", "let a shard's owner decide events that need a feature");
  enable->add_option("--feature", arguments.feature, "its name")->required();
  enable->add_option("--level", arguments.level, "its number")
      ->required()
      ->check(CLI::Range(1, 1'000'000));
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

  AddShardCommands(app, arguments);
  CLI11_PARSE(app, argc, argv);
  if (app.got_subcommand("skip")) return Skip(arguments);
  if (app.got_subcommand("enable-feature")) return Enable(arguments);
  if (app.got_subcommand("take-clock-time")) return TakeTime(arguments);
  return replay->parsed() ? Replay(arguments) : Balances(arguments);
}

}  // namespace
}  // namespace omo::omoctl

int main(int argc, char** argv) { return omo::omoctl::Main(argc, argv); }
