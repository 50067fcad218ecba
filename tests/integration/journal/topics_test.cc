// Which topics may be trusted, asked of a real broker.
#include "libs/journal/kafka/kafka_topics.h"

#include <map>

#include "tests/contract/support/kafka_log.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

using Settings = std::map<std::string, std::string>;
using Faults = std::vector<std::string>;

Settings JournalSettings() {
  return {{"retention.ms", "-1"},
          {"retention.bytes", "-1"},
          {"cleanup.policy", "delete"},
          {"unclean.leader.election.enable", "false"},
          {"message.timestamp.type", "CreateTime"},
          {"message.timestamp.after.max.ms", "10000"},
          {"max.message.bytes", "2097152"}};
}

std::string MakeTopic(const Settings& settings, int partitions) {
  static int count = 0;
  std::string name = "checked-" + std::to_string(++count);
  SharedKafka().CreateTopic(name, partitions, settings);
  return name;
}

absl::StatusOr<Faults> Check(const std::string& topic, const TopicExpectations& expected) {
  KafkaConnection connection;
  connection.bootstrap = SharedKafka().bootstrap();
  return CheckTopic(connection, topic, expected);
}

TopicExpectations OneBroker() {
  TopicExpectations expected;
  expected.partitions = 4;
  expected.allow_unreplicated = true;
  return expected;
}

TEST_CASE("a journal's topic as it must be has no faults", "[journal]") {
  const auto faults = Check(MakeTopic(JournalSettings(), 4), OneBroker());
  REQUIRE(faults.ok());
  CHECK(*faults == Faults{});
}

TEST_CASE("each setting that can lose events is named", "[journal]") {
  const auto [name, value, fault] = GENERATE(table<std::string, std::string, std::string>({
      {"retention.ms", "604800000", "retention.ms is 604800000, must be -1"},
      {"retention.bytes", "1000000", "retention.bytes is 1000000, must be -1"},
      {"cleanup.policy", "compact,delete", "cleanup.policy is compact,delete, must be delete"},
      {"unclean.leader.election.enable", "true",
       "unclean.leader.election.enable is true, must be false"},
      {"message.timestamp.type", "LogAppendTime",
       "message.timestamp.type is LogAppendTime, must be CreateTime"},
      {"message.timestamp.after.max.ms", "3600000",
       "message.timestamp.after.max.ms is 3600000, must be 10000"},
      {"max.message.bytes", "999999", "max.message.bytes is 999999, must be at least 1000000"},
  }));
  Settings settings = JournalSettings();
  settings[name] = value;
  const auto faults = Check(MakeTopic(settings, 4), OneBroker());
  REQUIRE(faults.ok());
  CHECK(*faults == Faults{fault});
}

TEST_CASE("another partition count, and one broker where that was not allowed, are named",
          "[journal]") {
  const std::string topic = MakeTopic(JournalSettings(), 3);
  TopicExpectations expected = OneBroker();
  expected.allow_unreplicated = false;
  const auto faults = Check(topic, expected);
  REQUIRE(faults.ok());
  CHECK(*faults == Faults{"it has 3 partitions, must have 4",
                          "min.insync.replicas is 1, must be at least 2",
                          "a partition has 1 replicas, must have at least 3"});
}

TEST_CASE("the owners' topic is compacted and stamped by the broker", "[journal]") {
  TopicExpectations expected = OneBroker();
  expected.use = TopicUse::kOwners;
  expected.partitions = 1;
  const auto wrong = Check(MakeTopic({}, 1), expected);
  REQUIRE(wrong.ok());
  CHECK(*wrong == Faults{"cleanup.policy is delete, must be compact",
                         "message.timestamp.type is CreateTime, must be LogAppendTime"});
  const auto right = Check(
      MakeTopic({{"cleanup.policy", "compact"}, {"message.timestamp.type", "LogAppendTime"}}, 1),
      expected);
  REQUIRE(right.ok());
  CHECK(right->empty());
  expected.use = TopicUse::kMembers;
  CHECK(Check(MakeTopic({}, 1), expected)->empty());
}

TEST_CASE("a topic that is not there, and a Kafka that is not there, are errors", "[journal]") {
  CHECK(absl::IsNotFound(Check("no-such-topic", OneBroker()).status()));
  KafkaConnection nowhere;
  nowhere.bootstrap = "127.0.0.1:1";
  TopicExpectations expected = OneBroker();
  expected.timeout = Duration{500};
  const absl::Status status = CheckTopic(nowhere, "any", expected).status();
  CHECK((absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)));
}

}  // namespace
}  // namespace omo::journal
