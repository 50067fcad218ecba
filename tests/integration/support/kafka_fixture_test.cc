// The Kafka fixture, tried on real brokers: what the failure tests rest on.
#include "tests/support/kafka_fixture.h"

#include <chrono>

#include "tests/support/catch.h"
#include "tests/support/kafka_admin.h"
#include "tests/support/wait.h"

namespace omo::testing {
namespace {

constexpr std::chrono::seconds kFailOver{60};

TEST_CASE("one broker keeps its topics through kill, pause and restart", "[support]") {
  KafkaCluster kafka;
  kafka.CreateTopic("kept", 3, {{"retention.ms", "-1"}});
  KafkaAdmin admin(kafka.bootstrap());
  CHECK(admin.Leaders("kept") == std::vector<int>{1, 1, 1});
  CHECK(kafka.LeaderOf("kept", 2) == 0);
  CHECK(kafka.LeaderOf("kept", 3) == std::nullopt);

  SECTION("killed, it does not answer; restarted, it has the topic") {
    kafka.Kill(0);
    CHECK_FALSE(kafka.Running(0));
    CHECK_FALSE(admin.Brokers());
    kafka.Restart(0);
    CHECK(WaitUntil([&] { return kafka.LeaderOf("kept", 0) == 0; }));
  }
  SECTION("paused, it does not answer; resumed, it does") {
    kafka.Pause(0);
    CHECK_FALSE(admin.Brokers());
    kafka.Resume(0);
    CHECK(WaitUntil([&] { return admin.Brokers().has_value(); }));
    CHECK(kafka.Running(0));
  }
  SECTION("shut down, it ends") {
    kafka.ShutDown(0);
    CHECK_FALSE(kafka.Running(0));
  }
  SECTION("a topic is made anew") {
    kafka.DeleteTopic("kept");
    CHECK(admin.Leaders("kept") == std::vector<int>{});
    kafka.CreateTopic("kept", 1);
    CHECK(admin.Leaders("kept") == std::vector<int>{1});
  }
  SECTION("what the broker refuses is an error with its reason") {
    CHECK_THROWS_WITH(kafka.CreateTopic("kept", 1), Catch::Contains("already exists"));
    CHECK_THROWS_WITH(kafka.CreateTopic("bad", 1, {{"no.such.setting", "1"}}),
                      Catch::Contains("no.such.setting"));
    CHECK_THROWS_WITH(kafka.DeleteRecords("kept", 0, 5), Catch::Contains("deleting records"));
  }
}

TEST_CASE("a broker that cannot start says why", "[support]") {
  CHECK_THROWS_WITH(KafkaCluster(1, {{"log.dirs", "/proc/no-such-folder"}}),
                    Catch::Contains("no-such-folder"));
}

TEST_CASE("three brokers go on without one of them", "[support]") {
  KafkaCluster kafka(3);
  kafka.CreateTopic("led", 3, {{"min.insync.replicas", "2"}});
  std::optional<int> leader;
  REQUIRE(WaitUntil(
      [&] {
        leader = kafka.LeaderOf("led", 0);
        return leader.has_value();
      },
      std::chrono::seconds{30}));

  kafka.Kill(*leader);
  CHECK(WaitUntil(
      [&] {
        const auto now = kafka.LeaderOf("led", 0);
        return now && now != leader;
      },
      kFailOver));

  kafka.Restart(*leader);
  KafkaAdmin admin(kafka.bootstrap());
  CHECK(WaitUntil([&] { return admin.Brokers() == std::set<int>{1, 2, 3}; }, kFailOver));
}

}  // namespace
}  // namespace omo::testing
