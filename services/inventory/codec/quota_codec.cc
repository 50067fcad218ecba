#include "services/inventory/codec/quota_codec.h"

#include "services/inventory/codec/facts.h"
#include "services/inventory/codec/stock_lines.h"

namespace omo::inventory {
namespace {

void Write(const QuotaOwner& owner, pb::QuotaOwner& out) {
  out.set_channel(owner.channel.value);
  out.set_segment(owner.segment.value);
}

}  // namespace

QuotaOwner Read(const pb::QuotaOwner& in) {
  return {.channel = {in.channel()}, .segment = {in.segment()}};
}

void Write(const Quota& quota, pb::Quota& out) {
  out.set_quota_id(quota.id.value);
  Write(quota.owner, *out.mutable_owner());
  out.set_left(quota.left);
  if (quota.ends_at != Time{}) out.set_ends_at_ms(ToMillis(quota.ends_at));
  out.set_borrows(quota.borrows);
  if (quota.made_at != Time{}) out.set_made_at_ms(ToMillis(quota.made_at));
  for (const QuotaOwner& borrower : quota.lends_to) Write(borrower, *out.add_lends_to());
}

Quota Read(const pb::Quota& in) {
  Quota quota{
      .id = {in.quota_id()}, .owner = Read(in.owner()), .left = in.left(), .borrows = in.borrows()};
  if (in.made_at_ms() != 0) quota.made_at = FromMillis(in.made_at_ms());
  if (in.ends_at_ms() != 0) quota.ends_at = FromMillis(in.ends_at_ms());
  for (const pb::QuotaOwner& borrower : in.lends_to()) quota.lends_to.push_back(Read(borrower));
  return quota;
}

void Write(const QuotaSet& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_quota_set();
  WriteLine(event, fact);
  Write(event.quota, *fact.mutable_quota());
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::QuotaSet& in) {
  auto event = ReadLine<QuotaSet>(in);
  event.quota = Read(in.quota());
  event.consequences = Read(in.consequences());
  return event;
}

}  // namespace omo::inventory
