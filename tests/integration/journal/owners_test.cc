// The owners' directory on a real broker.
#include "libs/journal/kafka/kafka_owners.h"

#include <librdkafka/rdkafka.h>

#include <memory>
#include <mutex>

#include "tests/contract/support/kafka_log.h"
#include "tests/support/catch.h"
#include "tests/support/wait.h"

namespace omo::journal {
namespace {

Owner MakeOwner(ShardId shard, std::uint64_t term, const std::string& instance,
                std::uint64_t log_id = 7) {
  return {.service = "inventory",
          .shard = shard,
          .log_id = log_id,
          .term = term,
          .instance = instance,
          .address = instance + ":7600"};
}

// A topic made as deploy/topics.yaml says, and directories on it.
class OwnersTopic {
 public:
  explicit OwnersTopic(const std::string& timestamps = "LogAppendTime", int partitions = 1) {
    static int count = 0;
    name_ = "owners-" + std::to_string(++count);
    SharedKafka().CreateTopic(
        name_, partitions, {{"cleanup.policy", "compact"}, {"message.timestamp.type", timestamps}});
  }
  std::unique_ptr<KafkaOwnerDirectory> Open(const std::string& instance) {
    KafkaOwnersOptions options;
    options.connection.bootstrap = SharedKafka().bootstrap();
    options.topic = name_;
    options.instance = instance;
    options.clock_interval = Duration{200};
    auto directory = KafkaOwnerDirectory::Open(options);
    REQUIRE(directory.ok());
    return *std::move(directory);
  }

  // How many records the topic's only partition has under a key, by a client of its own.
  int CountUnder(const std::string& key) const {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[256];
    rd_kafka_conf_set(conf, "bootstrap.servers", SharedKafka().bootstrap().c_str(), why,
                      sizeof why);
    const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(
        rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why), rd_kafka_destroy);
    const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> topic(
        rd_kafka_topic_new(client.get(), name_.c_str(), nullptr), rd_kafka_topic_destroy);
    // Up to the end as it is now: while directories write, an end is never told.
    std::int64_t first = 0;
    std::int64_t end = 0;
    REQUIRE(rd_kafka_query_watermark_offsets(client.get(), name_.c_str(), 0, &first, &end,
                                             10'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_consume_start(topic.get(), 0, RD_KAFKA_OFFSET_BEGINNING);
    int count = 0;
    for (std::int64_t next = first; next < end;) {
      const std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> message(
          rd_kafka_consume(topic.get(), 0, 1'000), rd_kafka_message_destroy);
      if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      next = message->offset + 1;
      const std::string_view found(static_cast<const char*>(message->key), message->key_len);
      count += found == key ? 1 : 0;
    }
    rd_kafka_consume_stop(topic.get(), 0);
    return count;
  }

 private:
  std::string name_;
};

TEST_CASE("an owner that a lower term follows in the topic says once more that it owns",
          "[journal]") {
  OwnersTopic topic;
  const auto owner = topic.Open("a");
  const auto late = topic.Open("b");
  owner->Publish(MakeOwner(5, 2, "a"));
  REQUIRE(testing::WaitUntil([&] { return late->Find("inventory", 5).has_value(); }));
  late->Publish(MakeOwner(5, 1, "b"));
  // Or the topic, once compacted, would have the lower one alone.
  CHECK(testing::WaitUntil([&] { return topic.CountUnder("inventory/5") == 3; }));
  CHECK(late->Find("inventory", 5) == MakeOwner(5, 2, "a"));
}

TEST_CASE("what one instance publishes, all find, also those who come later", "[journal]") {
  OwnersTopic topic("LogAppendTime", 3);
  const auto publisher = topic.Open("a");
  const auto reader = topic.Open("b");
  std::mutex mutex;
  std::vector<Owner> heard;
  reader->Listen([&](const Owner& owner) {
    const std::lock_guard lock(mutex);
    heard.push_back(owner);
  });
  for (ShardId shard = 0; shard < 16; ++shard) publisher->Publish(MakeOwner(shard, 1, "a"));
  REQUIRE(testing::WaitUntil([&] { return reader->List("inventory").size() == 16; }));
  CHECK(reader->Find("inventory", 5) == MakeOwner(5, 1, "a"));
  CHECK(reader->Find("inventory", 16) == std::nullopt);
  CHECK(reader->Find("order", 5) == std::nullopt);
  CHECK(reader->List("order").empty());
  CHECK(testing::WaitUntil([&] { return publisher->List("inventory").size() == 16; }));

  // An older term changes nothing and is not told; the next term does.
  publisher->Publish(MakeOwner(5, 0, "old"));
  publisher->Publish(MakeOwner(5, 1, "a"));
  publisher->Publish(MakeOwner(5, 2, "c"));
  REQUIRE(testing::WaitUntil([&] { return reader->Find("inventory", 5)->term == 2; }));
  {
    const std::lock_guard lock(mutex);
    CHECK(heard.size() == 17);
    CHECK(heard.back() == MakeOwner(5, 2, "c"));
  }
  const auto late = topic.Open("late");
  REQUIRE(testing::WaitUntil([&] { return late->caught_up(); }));
  CHECK(late->List("inventory") == reader->List("inventory"));
}

TEST_CASE("an entry published just before the end is still sent", "[journal]") {
  OwnersTopic topic;
  const auto reader = topic.Open("b");
  topic.Open("a")->Publish(MakeOwner(3, 4, "a"));
  CHECK(testing::WaitUntil([&] { return reader->Find("inventory", 3) == MakeOwner(3, 4, "a"); }));
}

TEST_CASE("the broker's clock is compared with ours", "[journal]") {
  OwnersTopic topic;
  const auto directory = topic.Open("a");
  REQUIRE(testing::WaitUntil([&] { return directory->clock_skew().has_value(); }));
  // One machine: only the clocks' milliseconds are rounded differently.
  CHECK(std::abs(directory->clock_skew()->count()) <= 5);
  CHECK(directory->List("clock").empty());

  OwnersTopic stamped_by_us("CreateTime");
  const auto blind = stamped_by_us.Open("a");
  blind->Publish(MakeOwner(0, 1, "a"));
  REQUIRE(testing::WaitUntil([&] { return blind->Find("inventory", 0).has_value(); }));
  CHECK(blind->clock_skew() == std::nullopt);
}

TEST_CASE("of a shard's entries the highest term of the newest log counts", "[journal]") {
  OwnerTable table;
  CHECK(table.Apply(MakeOwner(1, 5, "a", 100)));
  CHECK_FALSE(table.Apply(MakeOwner(1, 5, "a", 100)));
  CHECK_FALSE(table.Apply(MakeOwner(1, 4, "b", 100)));
  CHECK(table.Find("inventory", 1)->instance == "a");

  Owner released = MakeOwner(1, 5, "a", 100);
  released.address.clear();
  CHECK(table.Apply(released));  // The same term: what came last.
  CHECK(table.Find("inventory", 1)->address.empty());

  CHECK(table.Apply(MakeOwner(1, 1, "c", 200)));        // A new log begins with low terms.
  CHECK_FALSE(table.Apply(MakeOwner(1, 9, "a", 100)));  // Somebody has not noticed.
  CHECK(table.Find("inventory", 1) == MakeOwner(1, 1, "c", 200));
  CHECK(table.Apply(MakeOwner(2, 1, "a", 100)));  // Each shard has logs of its own.
  CHECK(table.List("inventory").size() == 2);
}

}  // namespace
}  // namespace omo::journal
