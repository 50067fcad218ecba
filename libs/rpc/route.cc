#include "libs/rpc/route.h"

#include <google/protobuf/descriptor.pb.h>

#include <fstream>
#include <iterator>
#include <set>

namespace omo::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
namespace type = omo::type::v1;

// Follows a dotted path; empty with `fault` set when it does not lead to a field.
std::vector<PathStep> ResolvePath(const Descriptor* message, std::string_view path,
                                  const FieldDescriptor*& field, std::string& fault) {
  std::vector<PathStep> steps;
  field = nullptr;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    field = message == nullptr ? nullptr : message->FindFieldByName(name);
    if (field == nullptr) return fault = "there is no field " + name, steps;
    if (field->real_containing_oneof() != nullptr) {
      return fault = name + " is in a oneof: its bytes do not tell whether it is set", steps;
    }
    steps.push_back({static_cast<std::uint32_t>(field->number()), field->is_repeated(), name});
    message = field->message_type();
  }
  return steps;
}

int CountRepeated(const std::vector<PathStep>& steps) {
  int count = 0;
  for (const PathStep& step : steps) count += step.repeated ? 1 : 0;
  return count;
}

std::string ResolveKey(const type::Route& option, const MethodDescriptor& method, Route& route) {
  std::string fault;
  const FieldDescriptor* field = nullptr;
  route.only_key = option.key();
  if (!route.only_key.empty()) return option.field().empty() ? "" : "key: stands for a field";
  route.key_path = option.field();
  route.key = ResolvePath(method.input_type(), option.field(), field, fault);
  if (!fault.empty()) return "field: " + fault;
  if (field == nullptr) return "field: must be given";
  if (field->type() != FieldDescriptor::TYPE_STRING) return "field: must be a string";
  if (CountRepeated(route.key) > 1) return "field: at most one step may be repeated";
  return {};
}

std::string ResolveAnswers(const type::Route& option, const MethodDescriptor& method,
                           Route& route) {
  const auto* field = method.output_type()->FindFieldByName(option.answers());
  if (field == nullptr || !field->is_repeated() || field->message_type() == nullptr) {
    return "answers: must name a repeated message field of the response";
  }
  route.answers = static_cast<std::uint32_t>(field->number());
  return {};
}

std::string ResolveOrderField(const Descriptor* answer, std::string_view path, OrderField& order) {
  std::string fault;
  const FieldDescriptor* field = nullptr;
  order.path = ResolvePath(answer, path, field, fault);
  if (!fault.empty()) return "order: " + fault;
  if (field == nullptr) return "order: must be given";
  if (CountRepeated(order.path) > 0) return "order: must not be repeated";
  switch (field->type()) {
    case FieldDescriptor::TYPE_STRING:
      return {};
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
      order.is_text = false;
      order.is_signed = field->type() == FieldDescriptor::TYPE_INT32 ||
                        field->type() == FieldDescriptor::TYPE_INT64;
      return {};
    default:
      return "order: must be a string, int32, int64, uint32 or uint64";
  }
}

std::string ResolveOrder(const type::Route& option, const MethodDescriptor& method, Route& route) {
  const auto* answers = method.output_type()->FindFieldByName(option.answers());
  std::string_view paths = option.order();
  while (true) {
    const std::size_t comma = paths.find(',');
    std::string fault = ResolveOrderField(answers->message_type(), paths.substr(0, comma),
                                          route.order.emplace_back());
    if (!fault.empty() || comma == std::string_view::npos) return fault;
    paths.remove_prefix(comma + 1);
  }
}

std::uint32_t NumberOf(const Descriptor* message, const char* name, FieldDescriptor::Type type) {
  const auto* field = message->FindFieldByName(name);
  const bool fits = field != nullptr && field->type() == type && !field->is_repeated();
  return fits ? static_cast<std::uint32_t>(field->number()) : 0;
}

std::string ResolvePaging(const MethodDescriptor& method, Route& route) {
  route.page_size = NumberOf(method.input_type(), "page_size", FieldDescriptor::TYPE_INT32);
  route.page_token = NumberOf(method.input_type(), "page_token", FieldDescriptor::TYPE_STRING);
  route.next_page_token =
      NumberOf(method.output_type(), "next_page_token", FieldDescriptor::TYPE_STRING);
  if (route.page_size != 0 && route.page_token != 0 && route.next_page_token != 0) return {};
  return "must have int32 page_size, string page_token and string next_page_token";
}

// Its calls have routes of their own.
std::string ResolveBulk(const MethodDescriptor& method, const Route& route) {
  const bool fits = method.client_streaming() && method.server_streaming() && route.service.empty();
  return fits ? "" : "is of both ways and of no service";
}

std::string ResolveKind(const type::Route& option, const MethodDescriptor& method, Route& route) {
  std::string fault;
  switch (option.kind()) {
    case type::ROUTE_KIND_KEY:
      return ResolveKey(option, method, route);
    case type::ROUTE_KIND_KEYS:
      fault = ResolveKey(option, method, route);
      if (fault.empty() && (route.key.empty() || !route.key.front().repeated)) {
        fault = "field: must begin with a list";
      }
      return fault.empty() ? ResolveAnswers(option, method, route) : fault;
    case type::ROUTE_KIND_EVERY_SHARD:
      fault = ResolveAnswers(option, method, route);
      if (fault.empty()) fault = ResolveOrder(option, method, route);
      return fault.empty() ? ResolvePaging(method, route) : fault;
    case type::ROUTE_KIND_ANY:
      return {};
    case type::ROUTE_KIND_BULK:
      return ResolveBulk(method, route);
    default:
      return "has no route";
  }
}

// Fills a route; says what is wrong, or nothing.
std::string ReadRoute(const MethodDescriptor& method, Route& route) {
  const type::Route& option = method.options().GetExtension(type::route);
  route.method = "/" + method.service()->full_name() + "/" + method.name();
  route.kind = option.kind();
  route.service = option.service();
  route.descriptor = &method;
  route.cost = std::max(1, method.options().GetExtension(type::cost));
  route.streaming = method.client_streaming() || method.server_streaming();
  for (int i = 0; i < method.options().ExtensionSize(type::roles); ++i) {
    route.roles.push_back(method.options().GetExtension(type::roles, i));
  }
  std::string fault = ResolveKind(option, method, route);
  if (!fault.empty()) return fault;
  if (route.service.empty()) {
    const bool may = route.kind == type::ROUTE_KIND_ANY || route.kind == type::ROUTE_KIND_BULK;
    return may ? "" : "service: must be given";
  }
  if (method.client_streaming() && !method.server_streaming()) {
    return "streams of requests need streams of answers: one answer has one owner";
  }
  const bool one_owner = route.kind == type::ROUTE_KIND_KEY || route.kind == type::ROUTE_KIND_ANY;
  return route.streaming && !one_owner ? "a stream is routed by key or to any" : "";
}

}  // namespace

absl::StatusOr<RouteTable> RouteTable::FromDescriptorSet(std::string_view bytes) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("not a FileDescriptorSet");
  }
  RouteTable table;
  table.pool_ = std::make_unique<google::protobuf::DescriptorPool>();
  std::string faults;
  for (const auto& file_proto : files.file()) {
    const auto* file = table.pool_->BuildFile(file_proto);
    if (file == nullptr) {
      return absl::InvalidArgumentError("cannot build " + file_proto.name() + " and its imports");
    }
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        Route route;
        const std::string fault = ReadRoute(*file->service(s)->method(m), route);
        if (!fault.empty()) faults += route.method + ": " + fault + "; ";
        const bool reachable = !route.service.empty() || route.kind == type::ROUTE_KIND_BULK;
        if (reachable) table.routes_.emplace(route.method, route);
      }
    }
  }
  if (!faults.empty()) return absl::InvalidArgumentError(faults);
  return table;
}

absl::StatusOr<RouteTable> RouteTable::FromFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot read " + path);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return FromDescriptorSet(bytes);
}

const Route* RouteTable::Find(std::string_view method) const {
  const auto found = routes_.find(method);
  return found == routes_.end() ? nullptr : &found->second;
}

std::vector<const Route*> RouteTable::All() const {
  std::vector<const Route*> all;
  for (const auto& [method, route] : routes_) all.push_back(&route);
  return all;
}

std::vector<std::string> RouteTable::GrpcServices() const {
  std::set<std::string> names;
  for (const auto& [method, route] : routes_) {
    names.insert(route.descriptor->service()->full_name());
  }
  return {names.begin(), names.end()};
}

}  // namespace omo::rpc
