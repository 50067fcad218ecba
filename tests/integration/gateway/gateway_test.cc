#include "services/gateway/gateway.h"

#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/integration/gateway/gateway_rig.h"

namespace omo::gateway {

constexpr const char* kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST_CASE("each call reaches the owner of its key", "[gateway]") {
  GatewayRig rig;
  for (ShardId shard = 0; shard < testing::kShelfShards; ++shard) {
    PutResponse response;
    REQUIRE(rig.Put(shard, response).ok());
    CHECK(response.instance() == (shard < 8 ? "one" : "two"));
    CHECK(response.position().shard() == shard);
    CHECK(response.command_id() == "c-1");
  }
  CHECK(rig.one.puts().size() == 8);
  CHECK(rig.two.puts().size() == 8);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
  CHECK(rig.metrics.Text().find("omo_gateway_calls_total{code=\"OK\"} 16") != std::string::npos);
}

TEST_CASE("caller, context, trace and deadline travel on, and nothing else", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(7);
  call.set_deadline(deadline);
  for (const auto& [key, value] : std::map<std::string, std::string>{{"omo-caller", "till-7"},
                                                                     {"omo-store", "S1"},
                                                                     {"omo-channel", "pos"},
                                                                     {"omo-shard", "15"},
                                                                     {"traceparent", kTrace},
                                                                     {"x-secret", "no"}}) {
    call.AddMetadata(key, value);
  }
  PutRequest request;
  request.mutable_item()->set_sku(SkuOf(3));
  PutResponse response;
  REQUIRE(rig.stub->Put(&call, request, &response).ok());
  const rpc::CallContext context = rig.one.contexts().at(0);
  CHECK(context.caller == "till-7");
  CHECK(context.context.store() == "S1");
  CHECK(context.context.channel() == "pos");
  CHECK(context.traceparent == kTrace);
  CHECK_FALSE(context.shard.has_value());
  REQUIRE(context.deadline.has_value());
  // On the wire a deadline is what is left of it, so it moves by the way's length.
  const auto moved = std::chrono::abs(*context.deadline - deadline);
  CHECK(moved < std::chrono::milliseconds(500));
}

TEST_CASE("a call without a deadline gets one", "[gateway]") {
  GatewayRig rig({.deadline_default = Duration{3'000}});
  grpc::ClientContext call;
  PutRequest request;
  request.mutable_item()->set_sku(SkuOf(3));
  PutResponse response;
  REQUIRE(rig.stub->Put(&call, request, &response).ok());
  const auto left = *rig.one.contexts().at(0).deadline - std::chrono::system_clock::now();
  CHECK(left > std::chrono::milliseconds(0));
  CHECK(left <= std::chrono::milliseconds(3'100));
}

TEST_CASE("a moved shard is found by the hint of its last owner", "[gateway]") {
  GatewayRig rig;
  rig.one.Disown(3);
  rig.one.SetHint({rig.two.address(), 2});
  rig.two.Own(3);
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  CHECK(response.instance() == "two");
}

TEST_CASE("an owner's no passes through untouched, details and all", "[gateway]") {
  GatewayRig rig;
  const std::vector<Detail> details{{"available", "3"}};
  const grpc::Status given = GENERATE_COPY(
      rpc::Refused(grpc::FAILED_PRECONDITION, "NOT_ENOUGH_AVAILABLE", "only 3 left", details),
      rpc::Refused(grpc::NOT_FOUND, "NO_SUCH_SHELF", "no", details),
      rpc::InvalidArgument("quantity", "NOT_POSITIVE", "must be above zero"),
      rpc::OutcomeUnknown("c-1"), grpc::Status(grpc::INTERNAL, "a bug"));
  rig.one.FailNext({given});
  PutResponse response;
  const grpc::Status got = rig.Put(3, response);
  CHECK(got.error_code() == given.error_code());
  CHECK(got.error_message() == given.error_message());
  CHECK(got.error_details() == given.error_details());
}

TEST_CASE("a read of many keys asks each owner and joins in the asked order", "[gateway]") {
  GatewayRig rig;
  GetManyRequest request;
  request.set_label("label");
  for (int n = 40; n-- > 0;) request.add_skus(SkuOf(n % 16, n));
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  GetManyResponse response;
  REQUIRE(rig.stub->GetMany(&call, request, &response).ok());
  REQUIRE(response.items_size() == request.skus_size());
  for (int n = 0; n < request.skus_size(); ++n) CHECK(response.items(n).sku() == request.skus(n));
  CHECK(response.positions_size() == testing::kShelfShards);
  CHECK(response.label() == "label");
}

TEST_CASE("a read of many keys fails as its failing shard does", "[gateway]") {
  GatewayRig rig;
  rig.two.Disown(9);
  GetManyRequest request;
  for (ShardId shard = 0; shard < testing::kShelfShards; ++shard) request.add_skus(SkuOf(shard));
  grpc::ClientContext call;
  GatewayRig::SetUp(call, 200);
  GetManyResponse response;
  const grpc::Status status = rig.stub->GetMany(&call, request, &response);
  CHECK_FALSE(status.ok());
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("a list is merged over all shards, page by page", "[gateway]") {
  GatewayRig rig;
  std::set<std::string> skus;
  for (int n = 100; n < 200; ++n) skus.insert("item-" + std::to_string(n));
  rig.one.Stock(skus);
  rig.two.Stock(skus);
  std::vector<std::string> seen;
  ListRequest request;
  request.set_page_size(30);
  do {
    grpc::ClientContext call;
    GatewayRig::SetUp(call);
    ListResponse response;
    REQUIRE(rig.stub->List(&call, request, &response).ok());
    CHECK(response.items_size() <= 30);
    for (const Item& item : response.items()) seen.push_back(item.sku());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  CHECK(seen == std::vector<std::string>(skus.begin(), skus.end()));
}

TEST_CASE("what any instance may answer is spread over all", "[gateway]") {
  GatewayRig rig;
  std::set<std::string> answered;
  for (int n = 0; n < 4; ++n) {
    grpc::ClientContext call;
    GatewayRig::SetUp(call);
    PingResponse response;
    REQUIRE(rig.stub->Ping(&call, {}, &response).ok());
    answered.insert(response.instance());
  }
  CHECK(answered == std::set<std::string>{"one", "two"});
}

TEST_CASE("bad input gets a typed error and reaches no owner", "[gateway]") {
  GatewayRig rig({.message_bytes_max = 10'000});
  const std::string shelf = "/omo.test.v1.ShelfService/";
  PutRequest large;
  large.mutable_item()->set_sku(SkuOf(3));
  large.set_padding(std::string(20'000, 'x'));
  PutRequest bad_text;
  bad_text.mutable_item()->set_sku(SkuOf(3));
  // A command id that is no UTF-8: only the owner's parser finds it.
  const std::string not_utf8 = std::string("\x0A\x01\xFF", 3) + bad_text.SerializeAsString();
  struct Row {
    std::string method;
    std::string bytes;
    grpc::StatusCode code;
    std::string reason;
  };
  const Row row = GENERATE_COPY(
      Row{shelf + "Put", "", grpc::INVALID_ARGUMENT, "REQUIRED"},
      Row{shelf + "Put", "\x0A\x7F", grpc::INVALID_ARGUMENT, "MALFORMED"},
      Row{shelf + "Put", not_utf8, grpc::INVALID_ARGUMENT, "MALFORMED"},
      Row{shelf + "Put", large.SerializeAsString(), grpc::INVALID_ARGUMENT, "MESSAGE_TOO_LARGE"},
      Row{shelf + "GetMany", "", grpc::INVALID_ARGUMENT, "REQUIRED"},
      Row{shelf + "List", "\xFF", grpc::INVALID_ARGUMENT, "MALFORMED"},
      Row{shelf + "List", "\x12\x03xyz", grpc::INVALID_ARGUMENT, "PAGE_TOKEN"},
      Row{shelf + "Nothing", "", grpc::UNIMPLEMENTED, "UNKNOWN_METHOD"},
      Row{shelf + "Inspect", "", grpc::UNIMPLEMENTED, "UNKNOWN_METHOD"},
      Row{"/nothing", "", grpc::UNIMPLEMENTED, "UNKNOWN_METHOD"});
  const grpc::Status status = rig.SendRaw(row.method, row.bytes);
  CHECK(status.error_code() == row.code);
  CHECK(rpc::ReadError(status).reason == row.reason);
  CHECK(rig.one.puts().empty());
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("a context that breaks the rules is refused at the gateway", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  call.AddMetadata("omo-store", std::string(rpc::kContextBytesMax + 1, 'x'));
  PutRequest request;
  request.mutable_item()->set_sku(SkuOf(3));
  PutResponse response;
  const rpc::ErrorInfo error = rpc::ReadError(rig.stub->Put(&call, request, &response));
  CHECK(error.reason == "TOO_LONG");
  CHECK(error.Find("field") == "omo-store");
}

TEST_CASE("a method's roles are asked for", "[gateway]") {
  GatewayRig rig;
  const auto put_as = [&](const std::string& role) {
    grpc::ClientContext call;
    GatewayRig::SetUp(call);
    if (!role.empty()) call.AddMetadata("omo-role", role);
    PutRequest request;
    request.mutable_item()->set_sku(SkuOf(3));
    PutResponse response;
    return rig.stub->PutGuarded(&call, request, &response);
  };
  CHECK(put_as("manager").ok());
  CHECK(put_as("").ok());  // TrustMetadata: what is not said is not held against the caller.
  CHECK(rpc::ReadError(put_as("guest")).reason == "ROLE_NOT_ALLOWED");
}

TEST_CASE("beyond its limit the gateway refuses at once, and recovers", "[gateway]") {
  GatewayRig rig({.calls_max = 6});
  rig.one.Hold();
  std::vector<std::future<bool>> held;
  for (int n = 0; n < 2; ++n) {
    held.push_back(std::async(std::launch::async, [&] {
      PutResponse response;
      return rig.Put(3, response).ok();
    }));
  }
  REQUIRE(WaitUntil([&] { return rig.one.held() == 2; }));
  // Four units are free: one call of cost 5 has no room, one of cost 1 has.
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  PutRequest request;
  request.mutable_item()->set_sku(SkuOf(12));
  PutResponse response;
  const rpc::ErrorInfo error = rpc::ReadError(rig.stub->PutGuarded(&call, request, &response));
  CHECK(error.code == grpc::RESOURCE_EXHAUSTED);
  CHECK(error.reason == "OVERLOADED");
  CHECK(error.retry_after.has_value());
  CHECK(rig.Put(12, response).ok());
  rig.one.Release();
  for (auto& put : held) CHECK(put.get());
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("a caller that gives up is not waited for", "[gateway]") {
  GatewayRig rig;
  rig.one.Hold();
  grpc::ClientContext call;
  GatewayRig::SetUp(call, 60'000);
  auto put = std::async(std::launch::async, [&] {
    PutRequest request;
    request.mutable_item()->set_sku(SkuOf(3));
    PutResponse response;
    return rig.stub->Put(&call, request, &response);
  });
  REQUIRE(WaitUntil([&] { return rig.one.held() == 1; }));
  call.TryCancel();
  CHECK(put.get().error_code() == grpc::CANCELLED);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("the gateway answers for its health and describes what it routes", "[gateway]") {
  GatewayRig rig;
  const auto health_of = [&](const std::string& service) {
    std::string request;
    rpc::AppendBytesField(request, 1, service);
    std::string answer;
    const grpc::Status status = rig.SendRaw("/grpc.health.v1.Health/Check", request, answer);
    return status.ok() ? answer : std::to_string(status.error_code());
  };
  std::string serving;
  rpc::AppendVarintField(serving, 1, 1);
  std::string not_serving;
  rpc::AppendVarintField(not_serving, 1, 2);
  CHECK(health_of("") == serving);
  CHECK(health_of("omo.test.v1.ShelfService") == serving);
  CHECK(health_of("nobody") == std::to_string(grpc::NOT_FOUND));
  rig.server.SetServing("omo.test.v1.ShelfService", false);
  CHECK(health_of("omo.test.v1.ShelfService") == not_serving);

  using namespace grpc::reflection::v1alpha;
  const auto reflection = ServerReflection::NewStub(rig.channel);
  grpc::ClientContext call;
  const auto stream = reflection->ServerReflectionInfo(&call);
  ServerReflectionRequest question;
  ServerReflectionResponse answer;
  question.set_list_services("");
  REQUIRE(stream->Write(question));
  REQUIRE(stream->Read(&answer));
  REQUIRE(answer.list_services_response().service_size() == 2);
  CHECK(answer.list_services_response().service(0).name() == "omo.bulk.v1.BulkService");
  CHECK(answer.list_services_response().service(1).name() == "omo.test.v1.ShelfService");
  question.set_file_containing_symbol("omo.test.v1.ShelfService.Put");
  REQUIRE(stream->Write(question));
  REQUIRE(stream->Read(&answer));
  CHECK(answer.file_descriptor_response().file_descriptor_proto_size() == 4);
  stream->WritesDone();
  CHECK(stream->Finish().ok());
}

TEST_CASE("a gateway does not start with a method that it cannot route", "[gateway]") {
  testing::StaticOwners owners;
  const TrustMetadata authenticator;
  telemetry::Metrics metrics;
  const auto routes =
      rpc::RouteTable::FromDescriptorSet(testing::DescriptorSetOf(Item::descriptor()->file()));
  REQUIRE(routes.ok());
  const auto made = Gateway::Make(*routes, {{"other", 16}}, {}, owners,
                                  std::make_shared<rpc::ChannelPool>(), authenticator, metrics);
  CHECK(made.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(made.status().message()).find("ShelfService/Put:") != std::string::npos);
}

}  // namespace omo::gateway
