#include "libs/shard/control.h"

#include "omo/journal/v1/journal.pb.h"

namespace omo::shard {
namespace {

namespace pb = omo::journal::v1;

// The control message in `value`, when it holds `kind`.
std::optional<pb::Control> ReadControl(const std::string& value, pb::Control::KindCase kind) {
  pb::AnyEvent message;
  if (!message.ParseFromString(value) || message.control().kind_case() != kind) return std::nullopt;
  return message.control();
}

}  // namespace

std::string ClaimValue(const Claimer& claimer) {
  pb::AnyEvent message;
  auto& claim = *message.mutable_control()->mutable_claim();
  claim.set_instance(claimer.instance);
  claim.set_address(claimer.address);
  claim.set_group(claimer.group);
  claim.set_generation(claimer.generation);
  claim.set_feature_level(claimer.feature_level);
  return message.SerializeAsString();
}

std::string BarrierValue() {
  pb::AnyEvent message;
  message.mutable_control()->mutable_barrier();
  return message.SerializeAsString();
}

std::string ReleaseValue(const std::string& successor) {
  pb::AnyEvent message;
  message.mutable_control()->mutable_release()->set_successor(successor);
  return message.SerializeAsString();
}

std::string StateHashValue(const StateHashNote& note) {
  pb::AnyEvent message;
  auto& hash = *message.mutable_control()->mutable_state_hash();
  hash.set_schema(note.schema);
  hash.set_offset(note.offset);
  hash.set_hash(note.hash);
  return message.SerializeAsString();
}

std::string SkipValue(Offset offset, std::uint32_t checksum, const std::string& decided_by,
                      const std::string& reason) {
  pb::AnyEvent message;
  auto& skip = *message.mutable_control()->mutable_skip();
  skip.set_offset(offset);
  skip.set_checksum(checksum);
  skip.set_operator_(decided_by);
  skip.set_reason(reason);
  return message.SerializeAsString();
}

std::string SealValue(const std::string& next_topic) {
  pb::AnyEvent message;
  message.mutable_control()->mutable_seal()->set_next_topic(next_topic);
  return message.SerializeAsString();
}

std::string SetTimeValue(Time now, const std::string& decided_by, const std::string& reason) {
  pb::AnyEvent message;
  auto& set_time = *message.mutable_control()->mutable_set_time();
  set_time.set_now_ms(ToMillis(now));
  set_time.set_operator_(decided_by);
  set_time.set_reason(reason);
  return message.SerializeAsString();
}

std::string FeatureEnabledValue(const FeatureNote& note) {
  pb::AnyEvent message;
  auto& feature = *message.mutable_control()->mutable_feature_enabled();
  feature.set_name(note.name);
  feature.set_level(note.level);
  return message.SerializeAsString();
}

std::optional<Claimer> ReadClaim(const std::string& value) {
  const auto control = ReadControl(value, pb::Control::kClaim);
  if (!control) return std::nullopt;
  const auto& claim = control->claim();
  return Claimer{claim.instance(), claim.address(), claim.group(), claim.generation(),
                 claim.feature_level()};
}

std::optional<std::string> ReadRelease(const std::string& value) {
  const auto control = ReadControl(value, pb::Control::kRelease);
  if (!control) return std::nullopt;
  return control->release().successor();
}

std::optional<StateHashNote> ReadStateHash(const std::string& value) {
  const auto control = ReadControl(value, pb::Control::kStateHash);
  if (!control) return std::nullopt;
  const auto& hash = control->state_hash();
  return StateHashNote{hash.schema(), hash.offset(), hash.hash()};
}

std::optional<Time> ReadSetTime(const std::string& value) {
  const auto control = ReadControl(value, pb::Control::kSetTime);
  if (!control) return std::nullopt;
  return FromMillis(control->set_time().now_ms());
}

std::optional<FeatureNote> ReadFeatureEnabled(const std::string& value) {
  const auto control = ReadControl(value, pb::Control::kFeatureEnabled);
  if (!control) return std::nullopt;
  return FeatureNote{control->feature_enabled().name(), control->feature_enabled().level()};
}

std::optional<SkipNote> ReadSkip(const std::string& value) {
  const auto control = ReadControl(value, pb::Control::kSkip);
  if (!control) return std::nullopt;
  return SkipNote{control->skip().offset(), control->skip().checksum()};
}

}  // namespace omo::shard
