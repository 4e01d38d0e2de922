#include "model/meta_data.h"

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {

Tuple meta_data_dict(const std::map<std::string, std::string>& meta_data) {
  auto dict = std::make_shared<Dict>();
  for (const auto& [key, value] : meta_data) dict->set(key.c_str(), Tuple(value));
  return Tuple(make_dict_handle(dict));
}

std::map<std::string, std::string> meta_data_from_dict(Hphandle dict) {
  std::map<std::string, std::string> meta_data;
  for (const auto& [key, value] : handle_content<Dict>(dict)->entries()) {
    const auto* tuple = std::get_if<TuplePtr>(&value);
    const auto* name = std::get_if<std::string>(&key);
    const bool fits =
        name != nullptr && tuple != nullptr && (*tuple)->size() == 1 && (*tuple)->type_at(0) == STRING_PAR;
    require(fits, error::kUnsupportedGenValue, "parameter 'meta_data': the entry ", to_string(key),
            " is not one string under a string key");
    meta_data[*name] = (*tuple)->string_at(0);
  }
  return meta_data;
}

Tuple dimensions_dict(const std::vector<std::pair<std::string, std::vector<int64_t>>>& entries) {
  auto dict = std::make_shared<Dict>();
  for (const auto& [name, dims] : entries) dict->set(name.c_str(), Tuple(dims));
  return Tuple(make_dict_handle(dict));
}

}  // namespace alcedo
