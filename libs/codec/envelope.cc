#include "libs/codec/envelope.h"

namespace omo::codec {
namespace {

namespace journal_pb = omo::journal::v1;
namespace type_pb = omo::type::v1;

void WriteContext(const Context& context, type_pb::Context& out) {
  out.set_actor(context.actor);
  out.set_role(context.role);
  out.set_channel(context.channel);
  out.set_store(context.store);
  out.set_device(context.device);
  out.set_guide(context.guide);
  out.set_campaign(context.campaign);
  out.set_reference(context.reference);
  out.set_cause(context.cause);
}

Context ReadContext(const type_pb::Context& in) {
  return {.actor = in.actor(),
          .role = in.role(),
          .channel = in.channel(),
          .store = in.store(),
          .device = in.device(),
          .guide = in.guide(),
          .campaign = in.campaign(),
          .reference = in.reference(),
          .cause = in.cause()};
}

InputPosition ReadInput(const journal_pb::InputPosition& in) {
  return {.topic = in.topic(),
          .position = {.log_id = in.log_id(), .shard = in.shard(), .offset = in.offset()}};
}

}  // namespace

void Write(const Envelope& envelope, journal_pb::Envelope& out) {
  out.set_caller(envelope.caller);
  out.set_command_time_ms(ToMillis(envelope.command_time));
  if (envelope.occurred_at) out.set_occurred_at_ms(ToMillis(*envelope.occurred_at));
  out.set_traceparent(envelope.traceparent);
  if (envelope.context != Context{}) WriteContext(envelope.context, *out.mutable_context());
  if (envelope.input) {
    auto& input = *out.mutable_input();
    input.set_topic(envelope.input->topic);
    input.set_log_id(envelope.input->position.log_id);
    input.set_shard(envelope.input->position.shard);
    input.set_offset(envelope.input->position.offset);
  }
}

Envelope Read(const journal_pb::Envelope& in) {
  Envelope envelope{.caller = in.caller(),
                    .command_time = FromMillis(in.command_time_ms()),
                    .occurred_at = {},
                    .traceparent = in.traceparent(),
                    .context = ReadContext(in.context()),
                    .input = {}};
  if (in.has_occurred_at_ms()) envelope.occurred_at = FromMillis(in.occurred_at_ms());
  if (in.has_input()) envelope.input = ReadInput(in.input());
  return envelope;
}

}  // namespace omo::codec
