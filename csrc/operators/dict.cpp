// Dictionaries.
#include "objects/dict.h"

#include <mutex>

#include "api/args.h"
#include "api/generic_params.h"
#include "base/file.h"
#include "objects/json.h"
#include "objects/serialize.h"
#include "objects/serialized_item.h"

namespace alcedo::operators {
namespace {

constexpr const char* kOnNotSerializable = "raise_error_if_content_not_serializable";
constexpr const char* kJsonTrue = "json_value_true";
constexpr const char* kJsonFalse = "json_value_false";
constexpr const char* kJsonNull = "json_value_null";
constexpr const char* kFileTag = "ALCEDO HDICT";

std::mutex nesting;  // held while dictionaries are put into dictionaries, so that two threads make no cycle together

// Several keys are a path through nested dictionaries; the last one is the key in the dictionary returned.
DictPtr follow(const Args& args, int key) {
  auto dict = args.in_content<Dict>(0);
  for (Hlong i = 0; i < args.in_length(key); ++i) {
    const DictKey k = dict_key_at(args.in(key), i);
    if (k == DictKey(std::string())) args.fail_value(key, "found the empty string, wanted a key");
    if (i + 1 == args.in_length(key)) break;
    const TuplePtr inner = dict->tuple(k);
    require(inner->size() == 1 && inner->type_at(0) == HANDLE_PAR, error::kDictTupleType, "key ", to_string(k),
            " of the path holds no dictionary");
    dict = handle_content<Dict>(inner->handle_at(0));
  }
  return dict;
}

// Errors in `run` are about the key: its parameter is named in front.
template <class Run>
void about_key(const Args& args, int key, const Run& run) {
  try {
    run();
  } catch (const HException& e) {
    if (e.code() != error::kDictKeyMissing && e.code() != error::kTupleExpected && e.code() != error::kObjectExpected) {
      throw;
    }
    const char* name = parameter_of(args.spec(), ParameterClass::input_control, key).name;
    throw HException(e.code(), text(name, " (parameter ", key + 1, "): ", e.text()), key + 1);
  }
}

void require_key(const Args& args, int parameter, const Dict& dict, const DictKey& key) {
  if (!dict.contains(key)) about_key(args, parameter, [&] { dict.tuple(key); });
}

bool is_dict(const Handle& handle) { return handle.get() != nullptr && handle.get()->type == &kDictType; }

void require_dict(const Args& args) {
  const Handle handle = args.in_handle(0);
  require(is_dict(handle), error::kWrongHandleType, "HandleIn (parameter 1): found a ", sem_type_of(handle.get()),
          " handle, wanted a dict handle: handles of other types have no entries");
}

DictKey last_key(const Args& args, int key) { return dict_key_at(args.in(key), args.in_length(key) - 1); }

JsonPrimitives primitives_of(const GenericParams& params) {
  const JsonPrimitives usual;
  return {params.value(kJsonTrue, usual.for_true), params.value(kJsonFalse, usual.for_false),
          params.value(kJsonNull, usual.for_null)};
}

NotSerializable policy_of(const GenericParams& params) {
  const std::string value = params.string(kOnNotSerializable, "true", {"true", "false", "low_level"});
  return value == "true" ? NotSerializable::error : NotSerializable::null_handle;
}

bool ends_with(const std::string& s, const char* ending) {
  const size_t n = std::char_traits<char>::length(ending);
  return s.size() >= n && s.compare(s.size() - n, n, ending) == 0;
}

bool is_json(const GenericParams& params, const std::string& file_name) {
  const char* by_name = ends_with(file_name, ".json") ? "json" : "hdict";
  return params.string("file_type", by_name, {"hdict", "json"}) == "json";
}

}  // namespace

void create_dict(Args& args) { args.out_handle(0, make_dict_handle(std::make_shared<Dict>())); }

void set_dict_tuple(Args& args) {
  const DictPtr dict = follow(args, 1);
  const Htuple& tuple = args.in(2);
  if (element_types(tuple) & HANDLE_PAR) {
    const std::lock_guard lock(nesting);
    require(!reaches(tuple, dict.get()), error::kHandleCycle, "the dictionary would contain itself");
    dict->set(last_key(args, 1), Tuple(tuple));
  } else {
    dict->set(last_key(args, 1), Tuple(tuple));
  }
}

void get_dict_tuple(Args& args) {
  about_key(args, 1, [&] { args.out(0, *follow(args, 1)->tuple(last_key(args, 1))); });
}

void set_dict_tuple_at(Args& args) {
  const DictPtr dict = follow(args, 1);
  const DictKey key = last_key(args, 1);
  const std::lock_guard lock(nesting);
  TuplePtr old;
  about_key(args, 1, [&] { old = dict->tuple(key); });
  const auto indices = args.in_ints(2);
  const Htuple& values = args.in(3);
  if (values.num != 1 && values.num != static_cast<Hlong>(indices.size())) {
    args.fail_count(3, "found ", values.num, " values for ", indices.size(), " indices");
  }
  std::vector<Hlong> source(static_cast<size_t>(old->size()), -1);
  for (size_t i = 0; i < indices.size(); ++i) {
    require(indices[i] >= 0 && indices[i] < old->size(), error::kDictIndex, "found index ", indices[i],
            ", wanted 0 to ", old->size() - 1);
    source[static_cast<size_t>(indices[i])] = values.num == 1 ? 0 : static_cast<Hlong>(i);
  }
  require(!reaches(values, dict.get()), error::kHandleCycle, "the dictionary would contain itself");
  Tuple changed;
  changed.reserve(old->size());
  for (Hlong i = 0; i < old->size(); ++i) {
    const Hlong from = source[static_cast<size_t>(i)];
    from < 0 ? changed.push_element(*old, i) : changed.push_element(values, from);
  }
  dict->set(key, std::move(changed));
}

void set_dict_object(Args& args) { follow(args, 1)->set(last_key(args, 1), args.in_object(0)); }

void get_dict_object(Args& args) {
  about_key(args, 1, [&] { args.out_object(0, follow(args, 1)->objects(last_key(args, 1))); });
}

void get_dict_param(Args& args) {
  const auto dict = args.in_content<Dict>(0);
  const std::string query = args.in_string(1);
  Tuple result;
  if (query == "keys") {
    if (args.in_length(2) != 0) args.fail_count(2, "found ", args.in_length(2), " keys, wanted none for 'keys'");
    for (const DictKey& key : dict->keys()) {
      const auto* number = std::get_if<int64_t>(&key);
      result.push(number ? std::to_string(*number) : std::get<std::string>(key));
    }
  } else {
    for (Hlong i = 0; i < args.in_length(2); ++i) {
      const DictKey key = dict_key_at(args.in(2), i);
      if (query == "key_exists") {
        result.push(dict->contains(key) ? 1 : 0);
      } else {
        require_key(args, 2, *dict, key);
        result.push(dict->find_tuple(key) ? "tuple" : "object");
      }
    }
  }
  args.out(0, std::move(result));
}

// Of all handles only dictionaries have data to look at.
void get_handle_tuple(Args& args) {
  require_dict(args);
  get_dict_tuple(args);
}

void get_handle_object(Args& args) {
  require_dict(args);
  get_dict_object(args);
}

void get_handle_param(Args& args) {
  if (is_dict(args.in_handle(0))) return get_dict_param(args);
  require(args.in_handle(0).get() && args.in_handle(0).get()->content(), error::kHandleCleared,
          "HandleIn (parameter 1): the handle is null or was cleared");
  Tuple result;
  if (args.in_string(1) == "key_exists") {
    for (Hlong i = 0; i < args.in_length(2); ++i) result.push(0);
  } else if (args.in_length(2) > 0) {
    require_dict(args);
  }
  args.out(0, std::move(result));
}

void remove_dict_key(Args& args) {
  const auto dict = args.in_content<Dict>(0);
  const Htuple& keys = args.in(1);
  for (Hlong i = 0; i < keys.num; ++i) {
    const DictKey key = dict_key_at(keys, i);
    require_key(args, 1, *dict, key);
  }
  for (Hlong i = 0; i < keys.num; ++i) dict->remove(dict_key_at(keys, i));
}

void copy_dict(Args& args) {
  const GenericParams params(args, 1, {kOnNotSerializable});
  args.out_handle(0, make_dict_handle(deep_copy(*args.in_content<Dict>(0), policy_of(params))));
}

void dict_to_json(Args& args) {
  const GenericParams params(args, 1, {kOnNotSerializable});
  Tuple texts;
  for (const auto& dict : args.in_contents<Dict>(0)) texts.push(to_json(*dict, policy_of(params), -1));
  args.out(0, std::move(texts));
}

void json_to_dict(Args& args) {
  const JsonPrimitives primitives = primitives_of(GenericParams(args, 1, {kJsonTrue, kJsonFalse, kJsonNull}));
  Tuple dicts;
  for (const std::string& json : args.in_strings(0)) dicts.push(make_dict_handle(from_json(json, 1301, primitives)));
  args.out(0, std::move(dicts));
}

void read_dict(Args& args) {
  const std::string file_name = args.in_string(0);
  const GenericParams params(args, 1, {"file_type", kJsonTrue, kJsonFalse, kJsonNull});
  const std::string bytes = read_existing_file(file_name, error::kFileNotReadable);
  if (is_json(params, file_name)) {
    args.out_handle(0, make_dict_handle(from_json(bytes, error::kFileNotReadable, primitives_of(params))));
    return;
  }
  try {
    const auto payload = unseal(kFileTag, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    ByteReader reader(payload.data, payload.size);
    const DictPtr dict = reader.dict();
    reader.expect_end();
    args.out_handle(0, make_dict_handle(dict));
  } catch (const HException& e) {
    fail(e.code() == error::kOutOfMemory ? e.code() : error::kFileNotReadable, "file '", file_name, "': ", e.text());
  }
}

void write_dict(Args& args) {
  const auto dict = args.in_content<Dict>(0);
  const std::string file_name = args.in_string(1);
  const GenericParams params(args, 2, {"file_type", kOnNotSerializable});
  if (is_json(params, file_name)) {
    write_file_atomically(file_name, to_json(*dict, policy_of(params), 2) + "\n", error::kFileNotWritable);
    return;
  }
  ByteWriter writer(policy_of(params));
  writer.dict(*dict);
  const auto bytes = seal(kFileTag, writer.take());
  write_file_atomically(file_name, bytes.data(), bytes.size(), error::kFileNotWritable);
}

}  // namespace alcedo::operators
