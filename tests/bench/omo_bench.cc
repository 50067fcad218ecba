// ./omo bench: every figure of the blueprint's performance table that can be measured, ceiling and
// product in one run with the same load generator. Measured, never judged: it fails only when
// something breaks.
#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "libs/rpc/grpc_setup.h"
#include "tests/bench/core_bench.h"
#include "tests/bench/echo.h"
#include "tests/bench/figures.h"
#include "tests/bench/million_bench.h"
#include "tests/bench/owners_bench.h"
#include "tests/bench/rig.h"
#include "tests/bench/rpc_bench.h"
#include "tests/bench/start_bench.h"

namespace {

struct Asked {
  int echo_port = 0;
  bool quick = false;
  std::string json;
  std::string only;
};

int Measure(const Asked& asked) {
  using namespace omo::bench;
  const auto programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  BenchTimes times;
  if (asked.quick) times = {.rounds = 3, .seconds = 0.7, .warm_up = 0.3};
  Figures figures;
  const auto wanted = [&](const std::string& part) {
    return asked.only.empty() || asked.only == part;
  };
  if (wanted("rpc")) {
    Rig rig(programs);
    MeasureRpc(rig, times, figures);
  }
  if (wanted("core")) {
    Rig rig(programs);
    MeasureCore(rig, times, figures);
  }
  if (wanted("start")) {
    Rig rig(programs);
    MeasureStart(rig, times, asked.quick ? 200'000 : 1'000'000, figures);
  }
  if (wanted("owners")) {
    Rig rig(programs);
    MeasureOwners(rig, times, figures);
  }
  if (wanted("million")) {
    Rig rig(programs);
    MeasureMillion(rig, figures);
  }
  if (figures.empty()) {
    std::cerr << "--only: no such part: " << asked.only << "\n";
    return 2;
  }
  std::cout << figures.Table();
  if (asked.json.empty()) return 0;
  std::ofstream file(asked.json);
  file << figures.Json();
  return file.good() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures the suite against bare gRPC, librdkafka and RocksDB.");
  Asked asked;
  app.add_flag("--quick", asked.quick, "shorter, less exact");
  app.add_option("--json", asked.json, "also write the figures here");
  app.add_option("--only", asked.only, "one part: rpc, core, start, owners or million");
  app.add_option("--echo", asked.echo_port, "be the bare echo server on this port");
  omo::rpc::SetUpGrpc();  // Before any of Abseil's locks: as the services do.
  CLI11_PARSE(app, argc, argv);
  if (asked.echo_port != 0) omo::bench::ServeEcho(asked.echo_port);
  try {
    return Measure(asked);
  } catch (const std::exception& error) {
    std::cerr << "omo bench: " << error.what() << "\n";
    return 1;
  }
}
