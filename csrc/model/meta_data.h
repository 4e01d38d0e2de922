// Dictionaries that describe a model: 'meta_data' (string to string) and 'input_dimensions'.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "objects/dict.h"

namespace alcedo {

Tuple meta_data_dict(const std::map<std::string, std::string>& meta_data);
// 7914 unless every entry is one string.
std::map<std::string, std::string> meta_data_from_dict(Hphandle dict);

Tuple dimensions_dict(const std::vector<std::pair<std::string, std::vector<int64_t>>>& entries);

}  // namespace alcedo
