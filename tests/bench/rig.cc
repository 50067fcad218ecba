#include "tests/bench/rig.h"

#include <grpcpp/grpcpp.h>

#include <ctime>
#include <stdexcept>
#include <utility>

#include "omo/journal/v1/shard_service.grpc.pb.h"
#include "tests/bench/load.h"
#include "tests/support/wait.h"

namespace omo::bench {
namespace {

constexpr std::chrono::seconds kPatience{60};

std::string Local(int port) { return "127.0.0.1:" + std::to_string(port); }

void Await(const std::string& what, const std::function<bool()>& condition) {
  if (!testing::WaitUntil(condition, kPatience)) throw std::runtime_error("in vain: " + what);
}

}  // namespace

Rig::Rig(std::filesystem::path programs)
    : programs_(std::move(programs)), kafka_(1, {}, testing::KafkaCluster::Java::kFull) {
  CreateJournal("omo.inventory.journal.v1");
  kafka_.CreateTopic("omo.inventory.members", kShards, {{"cleanup.policy", "delete"}});
  kafka_.CreateTopic("omo.owners", 1,
                     {{"cleanup.policy", "compact"}, {"message.timestamp.type", "LogAppendTime"}});
}

void Rig::CreateJournal(const std::string& topic) {
  kafka_.CreateTopic(topic, kShards,
                     {{"retention.ms", "-1"},
                      {"retention.bytes", "-1"},
                      {"cleanup.policy", "delete"},
                      {"compression.type", "producer"},
                      {"message.timestamp.type", "CreateTime"},
                      {"message.timestamp.after.max.ms", "10000"},
                      {"max.message.bytes", "2097152"}});
}

testing::Process Rig::Launch(const std::string& name, std::vector<std::string> words) const {
  return testing::Process({.words = std::move(words), .log = folder() / (name + ".log")});
}

Instance& Rig::StartInstance(const std::string& name) {
  Instance* instance = nullptr;
  for (const auto& each : instances_) {
    if (each->name == name) instance = each.get();
  }
  if (instance == nullptr) {
    instances_.push_back(std::make_unique<Instance>());
    instance = instances_.back().get();
    *instance = {.name = name, .port = testing::FreePort(), .data = folder() / name};
  }
  instance->process = std::make_unique<testing::Process>(
      Launch(name, {programs_ / "services/inventory/omo_inventory", "--instance=" + name,
                    "--bootstrap=" + bootstrap(), "--listen=" + Local(instance->port),
                    "--admin=" + Local(testing::FreePort()), "--data=" + instance->data.string(),
                    "--session_timeout_ms=2000", "--allow_unreplicated"}));
  Await(name + " answers", [&] {
    if (!instance->process->Running()) throw std::runtime_error(instance->process->LogTail());
    return Shards(*instance).shards_size() == kShards;
  });
  return *instance;
}

journal::v1::ListShardsResponse Rig::Shards(const Instance& instance) const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  context.AddMetadata("omo-caller", "bench");
  context.AddMetadata("omo-role", "service");
  journal::v1::ListShardsResponse response;
  const auto stub = journal::v1::ShardService::NewStub(NewChannel(instance.port));
  if (!stub->ListShards(&context, {}, &response).ok()) response.Clear();
  return response;
}

int Rig::Owned(const Instance& instance) const {
  int owned = 0;
  const auto response = Shards(instance);
  for (const auto& shard : response.shards()) owned += shard.state() == "owning" ? 1 : 0;
  return owned;
}

void Rig::AwaitOwned(const std::vector<const Instance*>& instances) const {
  Await("every shard has an owner", [&] {
    int owned = 0;
    for (const Instance* instance : instances) owned += Owned(*instance);
    return owned == kShards;
  });
}

double UsedMicros(pid_t pid) {
  clockid_t clock = 0;
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

int Rig::StartGateway() {
  const int port = testing::FreePort();
  others_.push_back(
      Launch("gateway", {programs_ / "services/gateway/omo_gateway", "--bootstrap=" + bootstrap(),
                         "--listen=" + Local(port), "--admin=" + Local(testing::FreePort())}));
  Await("the gateway listens", [&] {
    return NewChannel(port)->WaitForConnected(std::chrono::system_clock::now() +
                                              std::chrono::seconds(1));
  });
  return port;
}

int Rig::StartEcho() {
  const int port = testing::FreePort();
  others_.push_back(Launch("echo", {programs_ / "omo_bench", "--echo=" + std::to_string(port)}));
  Await("the echo listens", [&] {
    return NewChannel(port)->WaitForConnected(std::chrono::system_clock::now() +
                                              std::chrono::seconds(1));
  });
  return port;
}

}  // namespace omo::bench
