// Dictionaries as JSON. A tuple of one element is a plain value, other tuples are arrays, dictionaries are objects; a
// nested dictionary with the keys 0, 1, 2, ... is an array (and an array of arrays reads as such a dictionary). true
// and false read as 1 and 0, null as the empty tuple, unless JsonPrimitives says otherwise.
#pragma once

#include <string>

#include "objects/dict.h"
#include "objects/serialize.h"

namespace alcedo {

// What JSON cannot hold (objects, handles other than dictionaries, nan and infinities) throws 2455 or is left out.
// `indent`: blanks per level, -1 for one line.
std::string to_json(const Dict& dict, NotSerializable policy, int indent);
// What JSON's primitives read as.
struct JsonPrimitives {
  Tuple for_true = 1, for_false = 0, for_null;
};

// `code`: error for text that is no JSON object.
DictPtr from_json(const std::string& text, int code, const JsonPrimitives& primitives);

}  // namespace alcedo
