// librdkafka's C objects with owners, and its errors in our words. For the files of this folder
// only.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <librdkafka/rdkafka.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "libs/journal/kafka/kafka_options.h"

namespace omo::journal {

struct KafkaDestroy {
  void operator()(rd_kafka_t* object) const { rd_kafka_destroy(object); }
  void operator()(rd_kafka_conf_t* object) const { rd_kafka_conf_destroy(object); }
  void operator()(rd_kafka_topic_t* object) const { rd_kafka_topic_destroy(object); }
  void operator()(rd_kafka_queue_t* object) const { rd_kafka_queue_destroy(object); }
  void operator()(rd_kafka_event_t* object) const { rd_kafka_event_destroy(object); }
  void operator()(rd_kafka_message_t* object) const { rd_kafka_message_destroy(object); }
  void operator()(rd_kafka_error_t* object) const { rd_kafka_error_destroy(object); }
  void operator()(rd_kafka_topic_partition_list_t* object) const {
    rd_kafka_topic_partition_list_destroy(object);
  }
};
template <class T>
using KafkaOwned = std::unique_ptr<T, KafkaDestroy>;

// Our settings for every client, then each of `layers`, then the connection's own, later ones
// winning. INVALID_ARGUMENT names the setting that librdkafka does not take.
absl::StatusOr<KafkaOwned<rd_kafka_conf_t>> MakeKafkaConf(
    const KafkaConnection& connection, std::initializer_list<const KafkaSettings*> layers);

// Starts a client with its threads; takes milliseconds and connects in the background. `connection`
// outlives it (the client logs through it).
absl::StatusOr<KafkaOwned<rd_kafka_t>> StartKafkaClient(rd_kafka_type_t type,
                                                        const KafkaConnection& connection,
                                                        KafkaOwned<rd_kafka_conf_t> conf);

// Ok for no error. The codes are those of KafkaJournal's reports (kafka_journal.h).
absl::Status KafkaStatus(rd_kafka_resp_err_t error, std::string_view what);

// The client has given up for good (a producer's broken sequence, a fenced member). The events and
// errors that tell so carry the reason's code, not a common one.
inline bool IsFatal(rd_kafka_t* client) {
  return rd_kafka_fatal_error(client, nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

// Learns a topic's leaders now; otherwise librdkafka before 2.10 does so up to a second after its
// first use. Waits for the answer, at most half a second.
void LearnLeaders(rd_kafka_t* client, rd_kafka_topic_t* topic);

// Makes a consumer look again what it should fetch from the shard's leader. librdkafka before 2.2
// sleeps up to a second after it found a queue full, however soon the queue is empty again; any
// request to the leader wakes it. Waits for the answer, at most 100 ms.
void WakeFetching(rd_kafka_t* consumer, const std::string& topic, ShardId shard);

}  // namespace omo::journal
