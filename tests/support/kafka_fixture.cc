#include "tests/support/kafka_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/support/kafka_admin.h"
#include "tests/support/wait.h"

namespace omo::testing {
namespace {

constexpr std::chrono::seconds kPatience{90};  // A broker's start on a machine that is busy.
constexpr const char* kClusterId = "omo-test-cluster-00000";  // 22 characters: 16 bytes.

std::string Jars() {
  const char* home = std::getenv("OMO_KAFKA_HOME");
  const std::filesystem::path lib = std::filesystem::path(home ? home : ".omo/kafka") / "lib";
  if (!std::filesystem::exists(lib)) {
    throw std::runtime_error("no Kafka in " + lib.string() + ": run ./omo setup");
  }
  return (std::filesystem::absolute(lib) / "*").string();
}

// Small and quick: one test's worth of data, several clusters on a small machine.
KafkaCluster::Settings Defaults() {
  return {
      {"process.roles", "broker,controller"},  {"controller.listener.names", "CONTROLLER"},
      {"auto.create.topics.enable", "false"},  {"broker.heartbeat.interval.ms", "500"},
      {"broker.session.timeout.ms", "4000"},   {"group.initial.rebalance.delay.ms", "0"},
      {"group.min.session.timeout.ms", "500"}, {"log.cleaner.dedupe.buffer.size", "4194304"},
      {"offsets.topic.num.partitions", "4"},   {"transaction.state.log.num.partitions", "4"},
      {"controlled.shutdown.enable", "true"},
  };
}

const std::vector<const char*> kSmallJava = {"-Xms96m", "-Xmx384m", "-XX:+UseSerialGC",
                                             "-XX:TieredStopAtLevel=1"};
const std::vector<const char*> kFullJava = {"-Xms512m", "-Xmx1g"};

std::string Replicas(int brokers) { return std::to_string(std::min(brokers, 3)); }

}  // namespace

KafkaCluster::KafkaCluster(int brokers, const Settings& properties, Java java) : java_(java) {
  for (int broker = 0; broker < brokers; ++broker) {
    const auto folder = folder_.path() / ("node-" + std::to_string(broker));
    std::filesystem::create_directories(folder);
    nodes_.push_back({FreePort(), FreePort(), folder, std::nullopt});
  }
  for (int broker = 0; broker < brokers; ++broker) WriteProperties(broker, properties);
  Format();
  for (int broker = 0; broker < brokers; ++broker) Start(broker);
  for (int broker = 0; broker < brokers; ++broker) AwaitServing(broker, brokers);
}

KafkaCluster::~KafkaCluster() = default;

std::string KafkaCluster::Address(int broker) const {
  return "127.0.0.1:" + std::to_string(nodes_.at(static_cast<std::size_t>(broker)).port);
}

pid_t KafkaCluster::pid(int broker) const {
  return nodes_.at(static_cast<std::size_t>(broker)).process->pid();
}

std::string KafkaCluster::bootstrap() const {
  std::string all;
  for (int broker = 0; broker < size(); ++broker) {
    all += (all.empty() ? "" : ",") + Address(broker);
  }
  return all;
}

std::filesystem::path KafkaCluster::data_folder(int broker) const {
  return nodes_.at(static_cast<std::size_t>(broker)).folder / "data";
}

void KafkaCluster::WriteProperties(int broker, const Settings& properties) const {
  const Node& node = nodes_.at(static_cast<std::size_t>(broker));
  Settings settings = Defaults();
  const std::string controller = "127.0.0.1:" + std::to_string(node.controller_port);
  settings["node.id"] = std::to_string(broker + 1);
  settings["listeners"] = "PLAINTEXT://" + Address(broker) + ",CONTROLLER://" + controller;
  settings["advertised.listeners"] = "PLAINTEXT://" + Address(broker);
  settings["log.dirs"] = data_folder(broker).string();
  std::string& voters = settings["controller.quorum.voters"];
  for (int id = 1; const Node& voter : nodes_) {
    voters += (voters.empty() ? "" : ",") + std::to_string(id++) +
              "@127.0.0.1:" + std::to_string(voter.controller_port);
  }
  settings["offsets.topic.replication.factor"] = Replicas(size());
  settings["transaction.state.log.replication.factor"] = Replicas(size());
  settings["transaction.state.log.min.isr"] = "1";
  for (const auto& [name, value] : properties) settings[name] = value;

  std::ofstream file(node.folder / "server.properties");
  for (const auto& [name, value] : settings) file << name << "=" << value << "\n";
}

Command KafkaCluster::JavaCommand(int broker, const std::string& log,
                                  std::vector<std::string> words) const {
  Command command;
  command.words = {"java"};
  for (const char* option : java_ == Java::kSmall ? kSmallJava : kFullJava) {
    command.words.emplace_back(option);
  }
  command.words.insert(command.words.end(),
                       {"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", Jars()});
  command.words.insert(command.words.end(), words.begin(), words.end());
  command.log = nodes_.at(static_cast<std::size_t>(broker)).folder / log;
  return command;
}

void KafkaCluster::Format() {
  std::vector<Process> runs;
  for (int broker = 0; broker < size(); ++broker) {
    const auto properties = nodes_.at(static_cast<std::size_t>(broker)).folder;
    runs.emplace_back(JavaCommand(broker, "format.log",
                                  {"kafka.tools.StorageTool", "format", "-t", kClusterId, "-c",
                                   (properties / "server.properties").string()}));
  }
  for (Process& run : runs) {
    if (run.Wait(kPatience) != 0) {
      throw std::runtime_error("formatting failed:\n" + run.LogTail());
    }
  }
}

void KafkaCluster::Start(int broker) {
  Node& node = nodes_.at(static_cast<std::size_t>(broker));
  node.process.emplace(JavaCommand(broker, "broker.log",
                                   {"kafka.Kafka", (node.folder / "server.properties").string()}));
}

void KafkaCluster::AwaitServing(int broker, int known_brokers) {
  Process& process = *nodes_.at(static_cast<std::size_t>(broker)).process;
  KafkaAdmin admin(Address(broker));
  const auto serving = [&] {
    const auto brokers = admin.Brokers();
    return brokers && brokers->contains(broker + 1) &&
           brokers->size() >= static_cast<std::size_t>(known_brokers);
  };
  const bool serves =
      WaitUntil([&] { return !process.Running() || serving(); }, kPatience) && process.Running();
  if (serves) return;
  throw std::runtime_error("broker " + std::to_string(broker) + " does not serve:\n" +
                           process.LogTail());
}

bool KafkaCluster::Running(int broker) {
  auto& process = nodes_.at(static_cast<std::size_t>(broker)).process;
  return process && process->Running();
}

void KafkaCluster::Kill(int broker) { nodes_.at(static_cast<std::size_t>(broker)).process->Kill(); }

void KafkaCluster::ShutDown(int broker) {
  Process& process = *nodes_.at(static_cast<std::size_t>(broker)).process;
  if (!process.Terminate(kPatience)) {
    throw std::runtime_error("broker " + std::to_string(broker) + " does not end:\n" +
                             process.LogTail());
  }
}

void KafkaCluster::Pause(int broker) {
  nodes_.at(static_cast<std::size_t>(broker)).process->Pause();
}

void KafkaCluster::Resume(int broker) {
  nodes_.at(static_cast<std::size_t>(broker)).process->Continue();
}

void KafkaCluster::Restart(int broker) {
  Kill(broker);
  Start(broker);
  AwaitServing(broker, 1);
}

void KafkaCluster::CreateTopic(const std::string& name, int partitions, const Settings& config) {
  KafkaAdmin admin(bootstrap());
  admin.CreateTopic(name, partitions, std::min(size(), 3), config);
  const auto led = [&] {
    const auto leaders = admin.Leaders(name);
    return leaders && leaders->size() == static_cast<std::size_t>(partitions) &&
           std::find(leaders->begin(), leaders->end(), -1) == leaders->end();
  };
  if (!WaitUntil(led, kPatience)) throw std::runtime_error("topic " + name + " has no leaders");
}

void KafkaCluster::DeleteTopic(const std::string& name) {
  KafkaAdmin admin(bootstrap());
  admin.DeleteTopic(name);
  const auto gone = [&] {
    const auto leaders = admin.Leaders(name);
    return leaders && leaders->empty();
  };
  if (!WaitUntil(gone, kPatience)) throw std::runtime_error("topic " + name + " stays");
}

void KafkaCluster::DeleteRecords(const std::string& topic, int partition, std::int64_t offset) {
  KafkaAdmin(bootstrap()).DeleteRecords(topic, partition, offset);
}

std::optional<int> KafkaCluster::LeaderOf(const std::string& topic, int partition) {
  const auto leaders = KafkaAdmin(bootstrap()).Leaders(topic);
  const auto index = static_cast<std::size_t>(partition);
  if (!leaders || leaders->size() <= index || (*leaders)[index] < 0) return std::nullopt;
  return (*leaders)[index] - 1;
}

}  // namespace omo::testing
