// A real Kafka for one test: brokers of its own on free loopback ports, with their data in a
// temporary folder, to be killed, paused and started again. The jars are those of `./omo setup`:
// OMO_KAFKA_HOME/lib, by default .omo/kafka/lib below the working folder.
//
// What cannot be done fails the test: everything here throws std::runtime_error with the reason and
// the end of the broker's log. Not thread-safe; use it from the thread that made it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace omo::testing {

class KafkaCluster {
 public:
  using Settings = std::map<std::string, std::string>;
  // kSmall starts quickly and takes little memory; kFull is the Java that `./omo up` runs.
  enum class Java { kSmall, kFull };

  // Starts `brokers` nodes (each broker and controller) and returns when all answer and know each
  // other: 3 to 4 s for one. `properties` are added to each node's server.properties.
  explicit KafkaCluster(int brokers = 1, const Settings& properties = {}, Java java = Java::kSmall);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  // host:port of all brokers, with commas: the client setting bootstrap.servers.
  std::string bootstrap() const;
  int size() const { return static_cast<int>(nodes_.size()); }

  // Brokers are numbered from 0 here; Kafka's node id is one more.
  void Kill(int broker);      // SIGKILL. Unflushed pages survive: the machine goes on.
  void ShutDown(int broker);  // SIGTERM: leaders move away first.
  void Pause(int broker);     // SIGSTOP.
  void Resume(int broker);    // SIGCONT.
  // Starts an ended (or kills and starts a running) broker on its old data and port; returns when
  // it serves again.
  void Restart(int broker);
  bool Running(int broker);
  pid_t pid(int broker) const;  // Of a started broker.

  // Makes a topic and waits until each partition has a leader. Replicas: three, or as many as there
  // are brokers when fewer.
  void CreateTopic(const std::string& name, int partitions, const Settings& config = {});
  void DeleteTopic(const std::string& name);  // Returns when no broker shows it any more.
  // Deletes a partition's records before `offset`: what retention would do.
  void DeleteRecords(const std::string& topic, int partition, std::int64_t offset);
  // The number of the broker that leads a partition, if one does.
  std::optional<int> LeaderOf(const std::string& topic, int partition);

  // Where a broker keeps its log segments. Touch them only while it does not run.
  std::filesystem::path data_folder(int broker) const;

 private:
  struct Node {
    int port = 0;
    int controller_port = 0;
    std::filesystem::path folder;
    std::optional<Process> process;
  };

  std::string Address(int broker) const;
  void WriteProperties(int broker, const Settings& properties) const;
  void Format();
  void Start(int broker);
  void AwaitServing(int broker, int known_brokers);
  Command JavaCommand(int broker, const std::string& log, std::vector<std::string> words) const;

  TemporaryFolder folder_{"kafka"};
  const Java java_;
  std::vector<Node> nodes_;
};

}  // namespace omo::testing
