// What the bench runs against: a broker of its own, real instances, a gateway, and a bare gRPC echo
// of the same messages, each a process of its own on free loopback ports.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "omo/journal/v1/shard_service.pb.h"
#include "tests/support/kafka_fixture.h"
#include "tests/support/process.h"

namespace omo::bench {

inline constexpr int kShards = 16;

// One inventory instance.
struct Instance {
  std::string name;
  int port = 0;
  std::filesystem::path data;
  std::unique_ptr<testing::Process> process;
};

class Rig {
 public:
  // `programs`: the build's folder.
  explicit Rig(std::filesystem::path programs);

  std::string bootstrap() const { return kafka_.bootstrap(); }
  pid_t broker() const { return kafka_.pid(0); }
  // Makes a topic as deploy/topics.yaml has it for journals, on one broker.
  void CreateJournal(const std::string& topic);

  // Starts (or starts again) an instance of inventory and returns when it answers.
  Instance& StartInstance(const std::string& name);
  // How many shards the instance owns now; 0 too when it does not answer.
  int Owned(const Instance& instance) const;
  journal::v1::ListShardsResponse Shards(const Instance& instance) const;
  // Waits until the instances own all shards between them.
  void AwaitOwned(const std::vector<const Instance*>& instances) const;
  // Their ports.
  int StartGateway();
  int StartEcho();

  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  testing::Process Launch(const std::string& name, std::vector<std::string> words) const;

  const std::filesystem::path programs_;
  testing::TemporaryFolder folder_{"bench"};
  testing::KafkaCluster kafka_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<testing::Process> others_;
};

// Processor time that a process has used so far, in microseconds.
double UsedMicros(pid_t pid);

}  // namespace omo::bench
